import { deflateSync, inflateSync } from 'node:zlib';

/** An array as NumPy saves it: values in row-major order. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly values: Float64Array | Uint8Array;
}

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');

/** The array as the client's encoder writes it: the file of `numpy.save`, compressed by zlib, in base64. */
export function writeNumpyArray({ shape, values }: NumpyArray): { __type__: 'ndarray'; __value__: string } {
  const descr = values instanceof Float64Array ? '<f8' : '|u1';
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  // The header ends with a line break and makes the values start at a multiple of 64 bytes.
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const file = Buffer.concat([MAGIC, length, Buffer.from(padded, 'latin1'), data]);
  return { __type__: 'ndarray', __value__: deflateSync(file).toString('base64') };
}

/** Reads an array of numbers: as {@link writeNumpyArray} writes it, or as nested JSON arrays. Throws for anything else. */
export function readNumpyArray(value: unknown): NumpyArray {
  if (Array.isArray(value) || typeof value === 'number') return readNested(value);
  const { __type__: type, __value__: content } = (value ?? {}) as Record<string, unknown>;
  if (type !== 'ndarray') throw new Error(`${JSON.stringify(value).slice(0, 60)} is no array of numbers`);
  if (typeof content !== 'string') return readNested(content);
  const file = inflateSync(Buffer.from(content, 'base64'));
  if (!file.subarray(0, 6).equals(MAGIC.subarray(0, 6))) throw new Error('the array does not start as a NumPy file');
  const wide = file[6] > 1;
  const start = wide ? 12 : 10;
  const end = start + (wide ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.subarray(start, end).toString('latin1');
  const [, descr] = /'descr': '([^']+)'/.exec(header) ?? [];
  const [, dimensions = ''] = /'shape': \(([^)]*)\)/.exec(header) ?? [];
  const shape = dimensions
    .split(',')
    .filter((text) => text.trim() !== '')
    .map(Number);
  if (descr !== '<f8' || (header.includes("'fortran_order': True") && shape.length > 1)) {
    throw new Error(`an array with the header ${header.trim()}; row-major float64 is right`);
  }
  const bytes = file.subarray(end);
  const values = Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
  return { shape, values };
}

function readNested(value: unknown): NumpyArray {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); [level] = level) shape.push(level.length);
  const values = Float64Array.from([value].flat(Infinity) as unknown[], Number);
  const size = shape.reduce((product, length) => product * length, 1);
  if (values.length !== size || values.some(Number.isNaN))
    throw new Error('nested arrays that are ragged, or hold other things than numbers');
  return { shape, values };
}
