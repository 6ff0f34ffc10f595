import { createHash } from 'node:crypto';
import type { Points } from '@qloom/study/points/points.ts';

/** Little-endian bytes of 32-bit elements, independent of this machine's byte order. */
function littleEndianBytes(values: Float32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (new Uint8Array(Uint32Array.of(1).buffer)[0] === 1) return bytes;
  const swapped = Uint8Array.from(bytes);
  for (let i = 0; i < swapped.length; i += 4) swapped.subarray(i, i + 4).reverse();
  return swapped;
}

/**
 * `sha256:` and 64 hex digits over shape, features, labels and groups: equal if and only if the points are bit for bit
 * equal, on every machine.
 */
export function contentHash(points: Points): string {
  const hash = createHash('sha256');
  hash.update(`points/1 ${points.count} ${points.features} ${points.classes} ${points.group ? 'group' : 'plain'}\n`);
  hash.update(littleEndianBytes(points.x));
  hash.update(littleEndianBytes(points.y));
  if (points.group) hash.update(littleEndianBytes(points.group));
  return `sha256:${hash.digest('hex')}`;
}
