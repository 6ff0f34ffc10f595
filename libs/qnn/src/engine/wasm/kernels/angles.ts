import type { Shape } from '../lowering/shape.ts';
import { int, type Kernel, vec, writeKernel } from '../printing/ir.ts';

/** Size of an entry of the tables of these kernels, which has u32 addresses. Unit: bytes. */
export const ENTRY_BYTES = { combine: 12, sum: 8, weightedSum: 12, inputs: 12 } as const;

/** Lower bound of cosines, so that tangents stay finite; the error is as small. */
export const LEAST_COSINE = { float32: 1e-10, float64: 1e-40 } as const;

/**
 * `combine…(table, end)`: angle addition. Each entry (shared, own, out) has cosine and sine of the part of an angle
 * that all samples share, as numbers, and of each sample's own part, as vectors; the result is cosine and sine of the
 * sum, or tangent and cosine.
 */
export function combineKernel(shape: Shape, form: 'sine' | 'tangent'): Kernel {
  const { vectorBytes, numberBytes, precision } = shape;
  return writeKernel(form === 'sine' ? 'combine' : 'combineTangent', 2, (w) => {
    w.loop(w.parameter(0), w.parameter(1), ENTRY_BYTES.combine, (entry) => {
      const [shared, own, out] = [0, 4, 8].map((offset) => w.int(int.load(entry, offset)));
      const [c, s] = [0, numberBytes].map((offset) => w.vector(vec.splat(shared, offset)));
      const [ownC, ownS] = [0, vectorBytes].map((offset) => w.vector(vec.load(own, offset)));
      const cosine = w.vector(vec.nmadd(ownS, s, vec.mul(ownC, c)));
      const sine = w.vector(vec.madd(ownS, c, vec.mul(ownC, s)));
      if (form === 'sine') {
        w.store(out, 0, cosine);
        w.store(out, vectorBytes, sine);
        return;
      }
      const size = vec.max(vec.flipSign(cosine, cosine), vec.constant(LEAST_COSINE[precision]));
      w.set(cosine, vec.flipSign(size, cosine));
      w.store(out, 0, vec.div(sine, cosine));
      w.store(out, vectorBytes, cosine);
    });
  });
}

/** `sum(table, end)`: entries (derivative, total): total += derivative. */
export const sumKernel = (): Kernel =>
  writeKernel('sum', 2, (w) => {
    w.loop(w.parameter(0), w.parameter(1), ENTRY_BYTES.sum, (entry) => {
      const [derivative, total] = [0, 4].map((offset) => w.int(int.load(entry, offset)));
      w.store(total, 0, vec.add(vec.load(total), vec.load(derivative)));
    });
  });

/** `weightedSum(table, end, inputs)`: entries (derivative, input, total): total += derivative·input, `input` from `inputs` on. */
export const weightedSumKernel = (): Kernel =>
  writeKernel('weightedSum', 3, (w) => {
    w.loop(w.parameter(0), w.parameter(1), ENTRY_BYTES.weightedSum, (entry) => {
      const [derivative, input, total] = [0, 4, 8].map((offset) => w.int(int.load(entry, offset)));
      const value = vec.load(w.int(int.add(w.parameter(2), input)));
      w.store(total, 0, vec.madd(vec.load(derivative), value, vec.load(total)));
    });
  });

/** `inputGradient(table, end, gradients)`: entries (derivative, weight, input): gradient of the input += derivative·weight. */
export const inputGradientKernel = (): Kernel =>
  writeKernel('inputGradient', 3, (w) => {
    w.loop(w.parameter(0), w.parameter(1), ENTRY_BYTES.inputs, (entry) => {
      const [derivative, weight, input] = [0, 4, 8].map((offset) => w.int(int.load(entry, offset)));
      const out = w.int(int.add(w.parameter(2), input));
      w.store(out, 0, vec.madd(vec.load(derivative), vec.splat(weight), vec.load(out)));
    });
  });

/** `clear(from, end)`: zeros. */
export const clearKernel = ({ vectorBytes }: Shape): Kernel =>
  writeKernel('clear', 2, (w) => {
    w.loop(w.parameter(0), w.parameter(1), vectorBytes, (at) => {
      w.store(at, 0, vec.constant(0));
    });
  });
