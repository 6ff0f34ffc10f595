import { setFlagsFromString } from 'node:v8';

/** Major versions of V8 whose revectorizer was tested to change no bit: those of Node 22 to 24. */
const KNOWN = [12, 13];

/** Whether V8 may merge vectors: on x64, with tested versions. Without AVX2, V8 itself does not merge them. */
export const mayWiden = (arch: string = process.arch, v8: string = process.versions.v8): boolean =>
  arch === 'x64' && KNOWN.includes(Number(v8.split('.')[0]));

/**
 * Lets V8 merge two SIMD registers side by side into one of 256 bits (its flag `--experimental-wasm-revectorize`), if
 * allowed, in modules of this process that it optimizes from now on. This affects only speed: the bits are the same.
 */
export function allowWideVectors(): void {
  if (mayWiden()) setFlagsFromString('--experimental-wasm-revectorize');
}
