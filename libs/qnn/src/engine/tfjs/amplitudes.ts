import * as tf from '@tensorflow/tfjs-core';
import type { Pattern } from './patterns.ts';

/** States of a batch: real and imaginary parts of the amplitudes, each of shape [batch, 2ⁿ]. */
export type Amplitudes = {
  readonly re: tf.Tensor2D;
  readonly im: tf.Tensor2D;
};

/** States with these first amplitudes, real, shape [batch, k ≤ 2ⁿ]. */
export function realStates(first: tf.Tensor2D, qubits: number): Amplitudes {
  const padding = 2 ** qubits - first.shape[1];
  const re = tf.pad(first, [
    [0, 0],
    [0, padding],
  ]);
  return { re, im: tf.zerosLike(re) };
}

/** A {@link Pattern} on the device. */
export interface PatternTensor {
  /** Source indices of the amplitudes, shape [2ⁿ]; `null` if amplitudes are not moved. */
  readonly from: tf.Tensor1D | null;
  /** Shape [values + 1, 2ⁿ]. */
  readonly re: tf.Tensor2D | null;
  readonly im: tf.Tensor2D | null;
  /** Whether the matrix is the same for every row of the batch; then `re` and `im` have only their last line. */
  readonly isConstant: boolean;
}

/** Copies patterns to the device; the caller disposes of the tensors passed to `track`. */
export function uploadPatterns(
  patterns: readonly Pattern[],
  values: number,
  qubits: number,
  track: <T extends tf.Tensor>(tensor: T) => T,
): PatternTensor[] {
  const size = 2 ** qubits;
  const isConstant = values === 0;
  const upload = (part: Float32Array | null) => part && track(tf.tensor2d(part, [part.length / size, size]));
  return patterns.map(({ mask, re, im }) => ({
    from:
      mask === 0
        ? null
        : track(
            tf.tensor1d(
              Int32Array.from({ length: size }, (_, i) => i ^ mask),
              'int32',
            ),
          ),
    re: upload(re),
    im: upload(im),
    isConstant,
  }));
}

/** The states with amplitude i taken from index i ⊕ mask. */
export function moved({ re, im }: Amplitudes, from: tf.Tensor1D | null): Amplitudes {
  if (from === null) return { re, im };
  return { re: tf.gather(re, from, 1), im: tf.gather(im, from, 1) };
}

/**
 * The matrix of `patterns` times the states; `values`, shape [batch, values + 1], are the gate's values and a column of
 * ones.
 */
export function applyPatterns(
  state: Amplitudes,
  patterns: readonly PatternTensor[],
  values: tf.Tensor2D | null,
): Amplitudes {
  let re: tf.Tensor | null = null;
  let im: tf.Tensor | null = null;
  for (const pattern of patterns) {
    const a = moved(state, pattern.from);
    const factor = (part: tf.Tensor2D) => (values === null || pattern.isConstant ? part : tf.matMul(values, part));
    if (pattern.re) {
      const c = factor(pattern.re);
      re = plus(re, tf.mul(c, a.re));
      im = plus(im, tf.mul(c, a.im));
    }
    if (pattern.im) {
      const c = factor(pattern.im);
      re = plus(re, tf.neg(tf.mul(c, a.im)));
      im = plus(im, tf.mul(c, a.re));
    }
  }
  return { re: (re ?? tf.zerosLike(state.re)) as tf.Tensor2D, im: (im ?? tf.zerosLike(state.im)) as tf.Tensor2D };
}

const plus = (sum: tf.Tensor | null, part: tf.Tensor): tf.Tensor => (sum === null ? part : tf.add(sum, part));

/** Re⟨a|b⟩ of every row, shape [batch]. */
export const innerReal = (a: Amplitudes, b: Amplitudes): tf.Tensor1D =>
  tf.sum(tf.add(tf.mul(a.re, b.re), tf.mul(a.im, b.im)), 1);
