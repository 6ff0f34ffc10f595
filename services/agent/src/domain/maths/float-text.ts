/** Float32 numbers as text that JSON takes: base64 of their little-endian bytes. */
export function textOfFloats(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** The numbers of {@link textOfFloats}, as a copy; undefined where the text is none of that. */
export function floatsFromText(text: unknown): Float32Array | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return bytes.byteLength % 4 === 0 ? new Float32Array(bytes.buffer) : undefined;
}
