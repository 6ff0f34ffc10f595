import type { RandomSource } from './random-source.ts';

/** `count` normals of variance 2/fanIn (He et al., 2015), for layers before a ReLU. */
export function heNormal(random: RandomSource, fanIn: number, count: number): Float32Array {
  return random.normals(count, Math.sqrt(2 / fanIn));
}

/**
 * `count` normals of variance 2/(fanIn + fanOut) (Glorot and Bengio, 2010), for layers before tanh or no activation.
 */
export function glorotNormal(random: RandomSource, fanIn: number, fanOut: number, count: number): Float32Array {
  return random.normals(count, Math.sqrt(2 / (fanIn + fanOut)));
}
