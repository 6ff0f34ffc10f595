import { deflateSync } from 'node:zlib';
import { decodeResult, ResultFormatError } from './decode-result.ts';

/** A file of numpy.save, version 1.0, of unsigned bytes. */
const saved = (shape: string, bytes: readonly number[], header = "'descr': '|u1', 'fortran_order': False") => {
  const text = `{${header}, 'shape': (${shape}), }`.padEnd(117) + '\n';
  const file = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from(text),
    Buffer.from(bytes),
  ]);
  return { __type__: 'ndarray', __value__: deflateSync(file).toString('base64') };
};
const result = (...arrays: unknown[]) => ({
  __type__: 'PrimitiveResult',
  __value__: {
    pub_results: arrays.map((array) => ({
      __type__: 'SamplerPubResult',
      __value__: {
        data: {
          __type__: 'DataBin',
          __value__: { fields: { c: { __type__: 'BitArray', __value__: { array, num_bits: 9 } } } },
        },
        metadata: {},
      },
    })),
    metadata: {},
  },
});

describe('decodeResult', () => {
  it('counts the shots of each row of each PUB', async () => {
    const value = result(saved('2, 2, 2', [0, 1, 0, 1, 1, 0, 0, 3]), saved('2, 1', [7, 7]));
    expect(await decodeResult(value)).toEqual([
      new Map([[1, 2]]),
      new Map([
        [256, 1],
        [3, 1],
      ]),
      new Map([[7, 2]]),
    ]);
  });

  it('keeps outcomes of more than 31 bits', async () => {
    expect(await decodeResult(result(saved('1, 5', [1, 0, 0, 0, 1])))).toEqual([new Map([[2 ** 32 + 1, 1]])]);
  });

  it.each([
    ['another type', { __type__: 'PubResult', __value__: {} }],
    ['text, as of a failed job', 'Traceback'],
    ['numbers of another size', result(saved('1, 1', [1], "'descr': '<i8', 'fortran_order': False"))],
    ['column-major order', result(saved('1, 1', [1], "'descr': '|u1', 'fortran_order': True"))],
    ['fewer bytes than the shape', result(saved('3, 1', [1]))],
    ['another register', JSON.parse(JSON.stringify(result(saved('1, 1', [1]))).replace('"c"', '"meas"'))],
  ])('refuses %s', async (_, value) => {
    await expect(decodeResult(value)).rejects.toThrow(ResultFormatError);
  });
});
