import { type Group, gatherCoset } from '../kernels/group.ts';
import { signedBy, writeMaskedSums } from '../kernels/masked-sums.ts';
import type { FlipGroup } from '../kernels/readout.ts';
import type { Table } from '../kernels/table.ts';
import type { Shape } from '../lowering/shape.ts';
import type { ReadoutTerms } from '../lowering/structure.ts';
import { type Int, int, type Kernel, type Local, type Vector, vec, type Writer, writeKernel } from '../printing/ir.ts';

const ALONE: Group = { key: '', qubits: [], offsets: [0] };

/** `copyState(from, to)`. */
export const copyStateKernel = ({ stateBytes, vectorBytes }: Shape): Kernel =>
  writeKernel('copyState', 2, (w) => {
    w.loop(int.constant(0), int.constant(stateBytes), vectorBytes, (at) => {
      w.store(w.int(int.add(w.parameter(1), at)), 0, vec.load(w.int(int.add(w.parameter(0), at))));
    });
  });

/** One amplitude of a column in every lane, and of a block of columns in its lanes; real and imaginary parts. */
function loadPair(w: Writer, left: Int, right: Int, { planeBytes }: Shape) {
  return {
    left: [0, planeBytes].map((plane) => w.vector(vec.splat(left, plane))),
    right: [0, planeBytes].map((plane) => w.vector(vec.load(right, plane))),
  };
}

/** `measurePair(left, right, out)`: Re⟨left|Z_mask|right⟩ for every mask; `left` is one column, `right` a block of them. */
export function measurePairKernel(
  shape: Shape,
  sources: Table,
  masks: readonly number[],
  memory: { readonly scratch: number; readonly signs: number },
): Kernel {
  return writeKernel('measurePair', 3, (w) => {
    const load = (at: Int): Vector => {
      const [source] = gatherCoset(w, ALONE, sources, at, shape);
      const addresses = [0, 1].map((i) => w.int(int.add(w.parameter(i), source)));
      const { left, right } = loadPair(w, addresses[0], addresses[1], shape);
      return vec.madd(left[0], right[0], vec.mul(left[1], right[1]));
    };
    writeMaskedSums(w, masks, { ...memory, load, out: w.parameter(2), shape });
  });
}

/** `measurePairFlips-x(left, right, out)`: Re⟨left|i^power·X^x·Z^z|right⟩ for every term that flips the qubits of x. */
export function measurePairFlipsKernel(shape: Shape, { x, terms }: FlipGroup, signs: number): Kernel {
  return writeKernel(`measurePairFlips-${x}`, 3, (w) => {
    const sums = terms.map(() => w.vector(vec.constant(0)));
    w.loop(int.constant(0), int.constant(shape.planeBytes), shape.vectorBytes, (at) => {
      const image = int.xor(at, int.constant(x << shape.vectorShift));
      const addresses = [image, at].map((offset, i) => w.int(int.add(w.parameter(i), offset)));
      const { left, right } = loadPair(w, addresses[0], addresses[1], shape);
      const product = [
        w.vector(vec.madd(left[0], right[0], vec.mul(left[1], right[1]))),
        w.vector(vec.nmadd(left[1], right[0], vec.mul(left[0], right[1]))),
      ];
      terms.forEach(({ z, power }, t) => {
        const signed = signedBy(w, product[power % 2], z, at, signs, shape);
        const minus = power === 2 || power === 1;
        w.set(sums[t], minus ? vec.sub(sums[t], signed) : vec.add(sums[t], signed));
      });
    });
    terms.forEach(({ index }, t) => {
      w.store(w.parameter(2), index * shape.vectorBytes, sums[t]);
    });
  });
}

/** Σ weight·value, null for an empty sum. */
const weighted = (parts: readonly { readonly weight: number; readonly value: Vector }[]): Vector | null =>
  parts.reduce<Vector | null>((total, { weight, value }) => {
    const factor = vec.constant(weight);
    return total === null ? vec.mul(factor, value) : vec.madd(factor, value, total);
  }, null);

/**
 * `outputsOfTerms(terms, out)`: every observable, without its constant, from the values of terms; outputs are `stride`
 * bytes apart.
 */
export const outputsOfTermsKernel = (
  { vectorBytes }: Shape,
  observables: readonly ReadoutTerms[],
  stride: number,
): Kernel =>
  writeKernel('outputsOfTerms', 2, (w) => {
    observables.forEach(({ terms }, k) => {
      const parts = terms.map(({ index, weight }) => ({
        weight,
        value: w.vector(vec.load(w.parameter(0), index * vectorBytes)),
      }));
      w.store(w.parameter(1), k * stride, weighted(parts) ?? vec.constant(0));
    });
  });

/** `termsOfOutputs(outputs, terms)`: the reverse: the weight of every term from those of observables. */
export const termsOfOutputsKernel = (
  { vectorBytes }: Shape,
  observables: readonly ReadoutTerms[],
  count: number,
  stride: number,
): Kernel =>
  writeKernel('termsOfOutputs', 2, (w) => {
    const values = observables.map((_, k) => w.vector(vec.load(w.parameter(0), k * stride)));
    for (let term = 0; term < count; term++) {
      const parts = observables.flatMap(({ terms }, k) =>
        terms.filter(({ index }) => index === term).map(({ weight }) => ({ weight, value: values[k] })),
      );
      w.store(w.parameter(1), term * vectorBytes, weighted(parts) ?? vec.constant(0));
    }
  });

/** `seedPair(left, operator, lambda)`: λ += operator·left, lane by lane; `images` is the last map's table. */
export function seedPairKernel(shape: Shape, images: Table): Kernel {
  return writeKernel('seedPair', 3, (w) => {
    w.loop(int.constant(0), int.constant(shape.planeBytes), shape.vectorBytes, (at) => {
      const [image] = gatherCoset(w, ALONE, images, at, shape);
      const factor = w.vector(vec.load(w.int(int.add(w.parameter(1), image))));
      const [left, lambda] = [0, 2].map((i) => w.int(int.add(w.parameter(i), at)));
      for (const plane of [0, shape.planeBytes]) {
        w.store(lambda, plane, vec.madd(factor, vec.splat(left, plane), vec.load(lambda, plane)));
      }
    });
  });
}

/** `seedPairFlips-x(left, weights, lambda)`: λ += Σ weight·i^power·X^x·Z^z·left over the terms that flip the qubits of x. */
export function seedPairFlipsKernel(shape: Shape, { x, terms }: FlipGroup, signs: number): Kernel {
  return writeKernel(`seedPairFlips-${x}`, 3, (w) => {
    const weights = terms.map(({ index }) => w.vector(vec.load(w.parameter(1), index * shape.vectorBytes)));
    w.loop(int.constant(0), int.constant(shape.planeBytes), shape.vectorBytes, (at) => {
      const source = w.int(int.xor(at, int.constant(x << shape.vectorShift)));
      // The factor of the amplitude, as its real and imaginary parts.
      const factors: (Local | null)[] = [null, null];
      terms.forEach(({ z, power }, t) => {
        const signed = signedBy(w, weights[t], z, source, signs, shape);
        const turned = power >= 2 ? vec.sub(vec.constant(0), signed) : signed;
        const known = factors[power % 2];
        factors[power % 2] = w.vector(known ? vec.add(known, turned) : turned);
      });
      const [from, to] = [w.int(int.add(w.parameter(0), source)), w.int(int.add(w.parameter(2), at))];
      const [re, im] = [0, shape.planeBytes].map((plane) => w.vector(vec.splat(from, plane)));
      let [outRe, outIm] = [0, shape.planeBytes].map((plane) => vec.load(to, plane));
      const [a, b] = factors;
      if (a) [outRe, outIm] = [vec.madd(a, re, outRe), vec.madd(a, im, outIm)];
      if (b) [outRe, outIm] = [vec.nmadd(b, im, outRe), vec.madd(b, re, outIm)];
      w.store(to, 0, outRe);
      w.store(to, shape.planeBytes, outIm);
    });
  });
}
