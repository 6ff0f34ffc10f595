import { setFlagsFromString } from 'node:v8';

/** Major versions of V8 whose revectorizer was seen to change no bit: those of Node 22 to 24. */
const KNOWN = [12, 13];

/** Whether V8 may merge vectors: on x64, by versions of it that are known to. Without AVX2 V8 itself leaves them as they are. */
export const mayWiden = (arch: string = process.arch, v8: string = process.versions.v8): boolean =>
  arch === 'x64' && KNOWN.includes(Number(v8.split('.')[0]));

/**
 * Lets V8 merge two SIMD registers side by side into one of 256 bits (its flag `--experimental-wasm-revectorize`), where it
 * may, in modules of this process that it optimizes from here on. That is a matter of speed alone: the bits are the same.
 */
export function allowWideVectors(): void {
  if (mayWiden()) setFlagsFromString('--experimental-wasm-revectorize');
}
