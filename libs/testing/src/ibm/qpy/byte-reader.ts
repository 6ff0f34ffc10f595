/** Reads big-endian fields one after another. */
export interface ByteReader {
  readonly at: number;
  readonly done: boolean;
  seek(at: number): void;
  bytes(count: number): Buffer;
  text(count: number): string;
  u8(): number;
  u16(): number;
  u32(): number;
  /** A 64-bit number that a float64 holds; throws for larger ones. */
  u64(): number;
  i64(): number;
  f64(): number;
}

/** Starts at the first byte. Methods throw RangeError beyond the last. */
export function createByteReader(data: Buffer): ByteReader {
  let at = 0;
  const step = (size: number): number => {
    at += size;
    if (at > data.length) throw new RangeError(`${data.length} bytes; field ends at ${at}`);
    return at - size;
  };
  const exact = (value: bigint): number => {
    if (!Number.isSafeInteger(Number(value))) throw new RangeError(`${value} is no exact float64`);
    return Number(value);
  };
  const bytes = (count: number): Buffer => {
    const from = step(count);
    return data.subarray(from, from + count);
  };
  return {
    get at() {
      return at;
    },
    get done() {
      return at >= data.length;
    },
    seek: (to) => {
      at = to;
    },
    bytes,
    text: (count) => bytes(count).toString('utf8'),
    u8: () => data.readUInt8(step(1)),
    u16: () => data.readUInt16BE(step(2)),
    u32: () => data.readUInt32BE(step(4)),
    u64: () => exact(data.readBigUInt64BE(step(8))),
    i64: () => exact(data.readBigInt64BE(step(8))),
    f64: () => data.readDoubleBE(step(8)),
  };
}
