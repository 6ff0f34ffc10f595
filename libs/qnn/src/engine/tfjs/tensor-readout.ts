import { type Observable, pauliMasks } from '@qloom/quantum/observables/observable.ts';
import { parity } from '@qloom/quantum/simulation/statevector.ts';
import * as tf from '@tensorflow/tfjs-core';
import { type Amplitudes, moved } from './amplitudes.ts';

/** Expectations of all observables, and the initial states of the backward sweep. */
export interface TensorReadout {
  /** ⟨O_k⟩, shape [batch, observables]. */
  measure(phi: Amplitudes): tf.Tensor2D;
  /** Σ_k cotangents[·, k] · O_k|φ⟩. */
  seed(phi: Amplitudes, cotangents: tf.Tensor2D): Amplitudes;
}

/**
 * Pauli strings that flip the same qubits share one move of the amplitudes: `(O|φ⟩)[i] = Σ_x w_x[i] · φ[i ⊕ x]`, where
 * w_x[i] adds up coefficient · 𝑖^(number of Y) · (−1)^|(i ⊕ x) ∧ z|.
 */
export function tensorReadout(
  observables: readonly Observable[],
  qubits: number,
  track: <T extends tf.Tensor>(tensor: T) => T,
): TensorReadout {
  const size = 2 ** qubits;
  const count = observables.length;
  const byMove = new Map<number, { re: Float32Array; im: Float32Array }>();
  observables.forEach(({ terms }, k) => {
    for (const { coefficient, paulis } of terms) {
      const { x, z, ys } = pauliMasks(paulis);
      const weights = byMove.get(x) ?? { re: new Float32Array(count * size), im: new Float32Array(count * size) };
      byMove.set(x, weights);
      for (let i = 0; i < size; i++) {
        const quarter = (ys + 2 * parity((i ^ x) & z)) % 4;
        weights.re[k * size + i] += coefficient * [1, 0, -1, 0][quarter];
        weights.im[k * size + i] += coefficient * [0, 1, 0, -1][quarter];
      }
    }
  });
  const upload = (weights: Float32Array) =>
    weights.every((weight) => weight === 0) ? null : track(tf.tensor2d(weights, [count, size]));
  const moves = [...byMove].map(([x, { re, im }]) => ({
    from:
      x === 0
        ? null
        : track(
            tf.tensor1d(
              Int32Array.from({ length: size }, (_, i) => i ^ x),
              'int32',
            ),
          ),
    re: upload(re),
    im: upload(im),
  }));
  return {
    measure: (phi) =>
      tf.tidy(() => {
        let total: tf.Tensor2D = tf.zeros([phi.re.shape[0], count]);
        for (const { from, re, im } of moves) {
          const a = moved(phi, from);
          const real = () => tf.add<tf.Tensor2D>(tf.mul(phi.re, a.re), tf.mul(phi.im, a.im));
          const imaginary = () => tf.sub<tf.Tensor2D>(tf.mul(phi.re, a.im), tf.mul(phi.im, a.re));
          if (re) total = tf.add(total, tf.matMul(real(), re, false, true));
          if (im) total = tf.sub(total, tf.matMul(imaginary(), im, false, true));
        }
        return total;
      }),
    seed: (phi, cotangents) =>
      tf.tidy(() => {
        let re: tf.Tensor2D = tf.zerosLike(phi.re);
        let im: tf.Tensor2D = tf.zerosLike(phi.im);
        for (const move of moves) {
          const a = moved(phi, move.from);
          if (move.re) {
            const c = tf.matMul(cotangents, move.re);
            re = tf.add(re, tf.mul(c, a.re));
            im = tf.add(im, tf.mul(c, a.im));
          }
          if (move.im) {
            const c = tf.matMul(cotangents, move.im);
            re = tf.sub(re, tf.mul(c, a.im));
            im = tf.add(im, tf.mul(c, a.re));
          }
        }
        return { re, im };
      }),
  };
}
