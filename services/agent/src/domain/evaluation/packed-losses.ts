/** Losses as a job of the final evaluation keeps them: little-endian float32, base64. */
export function packLosses(losses: ArrayLike<number>): string {
  const bytes = new DataView(new ArrayBuffer(4 * losses.length));
  for (let i = 0; i < losses.length; i++) bytes.setFloat32(4 * i, losses[i], true);
  return Buffer.from(bytes.buffer).toString('base64');
}

/** The inverse of {@link packLosses}, to the precision of float32. */
export function unpackLosses(packed: string): Float64Array {
  const bytes = Buffer.from(packed, 'base64');
  return Float64Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}
