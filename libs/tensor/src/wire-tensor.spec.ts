import fc from 'fast-check';
import { type Dtype, ITEM_SIZE, type TensorArray } from './dtype.ts';
import { concatRows } from './rows.ts';
import { TensorError } from './tensor-error.ts';
import { splitRows } from './testing/split-rows.ts';
import { assertLittleEndian, fromWire, toWire, type WireTensor } from './wire-tensor.ts';

const ARRAYS: Record<Dtype, (length: number) => fc.Arbitrary<TensorArray>> = {
  float32: (n) => fc.float32Array({ minLength: n, maxLength: n }),
  float64: (n) => fc.float64Array({ minLength: n, maxLength: n }),
  int32: (n) => fc.int32Array({ minLength: n, maxLength: n }),
  uint8: (n) => fc.uint8Array({ minLength: n, maxLength: n }),
};

const tensors = fc
  .record({
    dtype: fc.constantFrom<Dtype>('float32', 'float64', 'int32', 'uint8'),
    shape: fc.array(fc.nat(6), { maxLength: 3 }),
  })
  .chain(({ dtype, shape }) =>
    ARRAYS[dtype](shape.reduce((a, b) => a * b, 1)).map((array) => ({ dtype, shape, array })),
  );

/** The same bytes at an odd offset of another buffer, as a decoder hands them out. */
function unaligned(tensor: WireTensor): WireTensor {
  const buffer = new Uint8Array(tensor.bytes.byteLength + 1);
  buffer.set(tensor.bytes, 1);
  return { ...tensor, bytes: buffer.subarray(1) };
}

describe('a tensor on the wire', () => {
  it('is read back bit for bit, aligned or not', () => {
    fc.assert(
      fc.property(tensors, ({ dtype, shape, array }) => {
        const sent = toWire(array, shape);
        for (const received of [sent, unaligned(sent)]) {
          const back = fromWire(received, { dtype, shape });
          expect(Buffer.from(back.buffer, back.byteOffset, back.byteLength)).toEqual(Buffer.from(sent.bytes));
        }
      }),
    );
  });

  it('shares memory where the bytes are aligned, and copies exactly once where they are not', () => {
    const array = Float32Array.of(1, 2, 3);
    const sent = toWire(array);
    expect(sent.bytes.buffer).toBe(array.buffer);
    expect(fromWire(sent, { dtype: 'float32' }).buffer).toBe(array.buffer);
    const odd = unaligned(sent);
    const copy = fromWire(odd, { dtype: 'float32' });
    expect(copy.buffer).not.toBe(odd.bytes.buffer);
    expect([...copy]).toEqual([1, 2, 3]);
  });

  it('is little-endian: 1.5 is 00 00 c0 3f (IEEE 754 binary32)', () => {
    expect([...toWire(Float32Array.of(1.5)).bytes]).toEqual([0x00, 0x00, 0xc0, 0x3f]);
    expect(() => assertLittleEndian(Uint8Array.of(0, 1))).toThrow('big-endian');
  });

  it.each<[string, WireTensor, string]>([
    [
      'bytes',
      { dtype: 'float32', shape: [2, 3], bytes: new Uint8Array(20) },
      '20 bytes for float32 of shape [2, 3]; right would be 24',
    ],
    ['dtype', { dtype: 'int32', shape: [2, 3], bytes: new Uint8Array(24) }, 'dtype is int32; right would be float32'],
    [
      'shape',
      { dtype: 'float32', shape: [2, 2], bytes: new Uint8Array(16) },
      'shape is [2, 2]; right would be [any, 3]',
    ],
    ['rank', { dtype: 'float32', shape: [3], bytes: new Uint8Array(12) }, 'shape is [3]; right would be [any, 3]'],
  ])('reports what is wrong, where, and what would be right: %s', (_what, tensor, message) => {
    const read = () => fromWire(tensor, { dtype: 'float32', shape: [null, 3], field: 'training.x' });
    expect(read).toThrow(TensorError);
    expect(read).toThrow(`training.x: ${message}`);
  });

  it('names the first element that is not finite, if finite values are required', () => {
    const tensor = toWire(Float32Array.of(0, 1, 2, NaN), [2, 2]);
    expect(fromWire(tensor, { dtype: 'float32' })[3]).toBeNaN();
    expect(() => fromWire(tensor, { dtype: 'float32', finite: true, field: 'x' })).toThrow(
      'x: element [1, 1] is NaN; right would be a finite number',
    );
  });

  it('refuses an array that does not fill its shape', () => {
    expect(() => toWire(new Float32Array(5), [2, 3])).toThrow('5 elements does not fill shape [2, 3], which has 6');
    expect(() => toWire(new Float32Array(2), [-1, -2])).toThrow('[-1, -2] has an extent');
  });
});

describe('a tensor in pieces', () => {
  it('is whole again after any split, and no piece is above the limit', () => {
    fc.assert(
      fc.property(tensors, fc.integer({ min: 288, max: 600 }), ({ array, shape }, maxBytes) => {
        const sent = toWire(array, shape);
        const pieces = [...splitRows(sent, maxBytes)];
        for (const piece of pieces) expect(piece.bytes.byteLength).toBeLessThanOrEqual(maxBytes);
        const whole = concatRows(pieces.map(unaligned));
        expect(whole.shape).toEqual(sent.shape);
        expect(Buffer.from(whole.bytes)).toEqual(Buffer.from(sent.bytes));
      }),
    );
  });

  it('shares memory with the whole', () => {
    const sent = toWire(new Float64Array(300), [100, 3]);
    const pieces = [...splitRows(sent, 1000)];
    expect(pieces.map(({ shape }) => shape[0])).toEqual([41, 41, 18]);
    expect(pieces.every(({ bytes }) => bytes.buffer === sent.bytes.buffer)).toBe(true);
    expect(pieces[1].bytes.byteOffset).toBe(41 * 3 * ITEM_SIZE.float64);
  });

  it('refuses pieces that do not fit together', () => {
    const piece = toWire(new Float32Array(6), [2, 3]);
    expect(() => concatRows([], { field: 'x' })).toThrow('x: no piece of the tensor came');
    expect(() => concatRows([piece, toWire(new Float32Array(4), [2, 2])])).toThrow(
      'piece 1 is float32 of shape [2, 2]; right would be float32 of shape [any, 3], as piece 0',
    );
    expect(() => concatRows([piece, toWire(new Int32Array(3), [1, 3])])).toThrow('piece 1 is int32');
    expect(() => concatRows([piece, piece], { maxRows: 3 })).toThrow('more than 3 rows');
    expect(() => [...splitRows(toWire(new Float64Array(10), [1, 10]), 64)]).toThrow(
      '80 bytes; right would be at most 64',
    );
  });
});
