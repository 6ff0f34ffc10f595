/** Encodes float32 numbers as text for JSON: base64 of their little-endian bytes. */
export function textOfFloats(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** Decodes the text of {@link textOfFloats} to a copy; undefined if the text is not valid. */
export function floatsFromText(text: unknown): Float32Array | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return bytes.byteLength % 4 === 0 ? new Float32Array(bytes.buffer) : undefined;
}
