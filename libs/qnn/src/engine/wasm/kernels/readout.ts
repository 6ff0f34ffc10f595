import type { Shape } from '../lowering/shape.ts';
import { type Int, int, type Kernel, type Local, type Vector, vec, type Writer, writeKernel } from '../printing/ir.ts';
import { forEachCoset, type Group, gatherCoset } from './group.ts';
import { signedBy, topBit, writeMaskedSums } from './masked-sums.ts';
import { addDerivatives, loadCoefficients, rotate } from './rotations.ts';
import type { Table } from './table.ts';

/** A term of X and Y (and Z): i^power·X^x·Z^z on the state before the last permutation. */
export interface FlipTerm {
  readonly z: number;
  readonly power: number;
  /** Its index among all terms. */
  readonly index: number;
}

/** Terms that flip the same qubits. */
export interface FlipGroup {
  readonly x: number;
  readonly terms: readonly FlipTerm[];
}

/** |amplitude|² at `phi`, read through a map. */
function probability(w: Writer, phi: Int, sources: Table, at: Int, shape: Shape): Vector {
  const [source] = gatherCoset(w, { key: '', qubits: [], offsets: [0] }, sources, at, shape);
  const address = w.int(int.add(phi, source));
  const re = w.vector(vec.load(address));
  const im = w.vector(vec.load(address, shape.planeBytes));
  return vec.madd(re, re, vec.mul(im, im));
}

/** `probabilities(phi, out)`: |amplitude|² of every basis state after the last permutation. */
export function probabilitiesKernel(shape: Shape, sources: Table): Kernel {
  return writeKernel('probabilities', 2, (w) => {
    w.loop(int.constant(0), int.constant(shape.planeBytes), shape.vectorBytes, (at) => {
      const value = probability(w, w.parameter(0), sources, at, shape);
      w.store(w.int(int.add(w.parameter(1), at)), 0, value);
    });
  });
}

/** `measure(phi, out)`: ⟨Z_mask⟩ for every mask, stored at out + i vectors. */
export function measureKernel(
  shape: Shape,
  sources: Table,
  masks: readonly number[],
  memory: { readonly scratch: number; readonly signs: number },
): Kernel {
  return writeKernel('measure', 2, (w) => {
    const load = (at: Int) => probability(w, w.parameter(0), sources, at, shape);
    writeMaskedSums(w, masks, { ...memory, load, out: w.parameter(1), shape });
  });
}

/**
 * `measureFlips-x(phi, out)`: ⟨i^power·X^x·Z^z⟩ for every term that flips the qubits of x, stored at out + index
 * vectors.
 */
export function measureFlipsKernel(shape: Shape, { x, terms }: FlipGroup, signs: number): Kernel {
  return writeKernel(`measureFlips-${x}`, 2, (w) => {
    const sums = terms.map(() => w.vector(vec.constant(0)));
    // k and k ⊕ x contribute conjugates: half of the basis states, twice the real part.
    forEachCoset(w, { qubits: [topBit(x)] }, shape, (at) => {
      const [a, b] = [at, int.xor(at, int.constant(x << shape.vectorShift))].map((offset) =>
        w.int(int.add(w.parameter(0), offset)),
      );
      const [ar, br] = [a, b].map((address) => w.vector(vec.load(address)));
      const [ai, bi] = [a, b].map((address) => w.vector(vec.load(address, shape.planeBytes)));
      const product = {
        re: terms.some((term) => term.power % 2 === 0) ? w.vector(vec.madd(ar, br, vec.mul(ai, bi))) : null,
        im: terms.some((term) => term.power % 2 === 1) ? w.vector(vec.nmadd(bi, ar, vec.mul(br, ai))) : null,
      };
      terms.forEach(({ z, power }, t) => {
        // conj(φ[k ⊕ x])·φ[k]: real part for even powers of i, minus the imaginary part for odd ones.
        const part = (power % 2 === 0 ? product.re : product.im) as Local;
        const signed = signedBy(w, part, z, at, signs, shape);
        const minus = power === 2 || power === 1;
        w.set(sums[t], minus ? vec.sub(sums[t], signed) : vec.add(sums[t], signed));
      });
    });
    terms.forEach(({ index }, t) => {
      w.store(w.parameter(1), index * shape.vectorBytes, vec.add(sums[t], sums[t]));
    });
  });
}

/** `observable(weights, out)`: Σ_m weight_m·(−1)^|k ∧ m| for every k: the diagonal operator of the backward sweep. */
export function observableKernel(shape: Shape, masks: readonly number[], signs: number): Kernel {
  const { qubits, vectorBytes } = shape;
  return writeKernel('observable', 2, (w) => {
    const out = w.parameter(1);
    w.store(out, 0, vec.constant(0));
    for (let q = 0; q < qubits; q++) {
      const half = vectorBytes << q;
      const here = masks.flatMap((mask, i) => (topBit(mask) === q ? [{ rest: mask ^ (1 << q), i }] : []));
      const weights = here.map(({ i }) => w.vector(vec.load(w.parameter(0), i * vectorBytes)));
      w.loop(int.constant(0), int.constant(half), vectorBytes, (at) => {
        const address = w.int(int.add(out, at));
        const value = w.vector(vec.load(address));
        if (weights.length === 0) return w.store(address, half, value);
        const parts = weights.map((weight, j) => signedBy(w, weight, here[j].rest, at, signs, shape));
        const change = w.vector(parts.reduce((all, part) => vec.add(all, part)));
        w.store(address, 0, vec.add(value, change));
        w.store(address, half, vec.sub(value, change));
      });
    }
  });
}

/**
 * `seed…(phi, lambda, operator, coefficients, derivatives)`: λ = O·φ, and in the same pass the derivatives of the last
 * layer's last group, whose inverse is then applied to λ, and to φ if states are not kept. `images` is the last map's
 * table.
 */
export function seedKernel(shape: Shape, group: Group, images: Table, keepsStates: boolean): Kernel {
  return writeKernel(`seed-${group.key}`, 5, (w) => {
    const [phi, lambda, operator] = [w.parameter(0), w.parameter(1), w.parameter(2)];
    const coefficients = loadCoefficients(w, w.parameter(3), group.qubits.length, shape);
    const sums = group.qubits.map(() => w.vector(vec.constant(0)));
    forEachCoset(w, group, shape, (at) => {
      const weights = gatherCoset(w, group, images, at, shape).map((image) =>
        w.vector(vec.load(w.int(int.add(operator, image)))),
      );
      const [from, to] = [w.int(int.add(phi, at)), w.int(int.add(lambda, at))];
      for (const plane of [0, shape.planeBytes]) {
        const x = group.offsets.map((offset) => w.vector(vec.load(from, offset + plane)));
        const l = x.map((amplitude, h) => w.vector(vec.mul(weights[h], amplitude)));
        addDerivatives(w, l, x, sums);
        rotate(w, l, coefficients, 'inverse');
        group.offsets.forEach((offset, h) => {
          w.store(to, offset + plane, l[h]);
        });
        if (keepsStates || group.qubits.length === 0) continue;
        rotate(w, x, coefficients, 'inverse');
        group.offsets.forEach((offset, h) => {
          w.store(from, offset + plane, x[h]);
        });
      }
    });
    sums.forEach((sum, i) => {
      w.store(w.parameter(4), i * shape.vectorBytes, sum);
    });
  });
}

/** `seedFlips-x(phi, lambda, weights)`: λ += Σ weight·i^power·X^x·Z^z·φ over the terms that flip the qubits of x. */
export function seedFlipsKernel(shape: Shape, { x, terms }: FlipGroup, signs: number): Kernel {
  return writeKernel(`seedFlips-${x}`, 3, (w) => {
    const weights = terms.map(({ index }) => w.vector(vec.load(w.parameter(2), index * shape.vectorBytes)));
    w.loop(int.constant(0), int.constant(shape.planeBytes), shape.vectorBytes, (at) => {
      const source = w.int(int.xor(at, int.constant(x << shape.vectorShift)));
      // The factor of φ[source], as its real and imaginary parts.
      const factors: (Local | null)[] = [null, null];
      terms.forEach(({ z, power }, t) => {
        const signed = signedBy(w, weights[t], z, source, signs, shape);
        const turned = power >= 2 ? vec.sub(vec.constant(0), signed) : signed;
        const known = factors[power % 2];
        if (known) w.set(known, vec.add(known, turned));
        else factors[power % 2] = w.vector(turned);
      });
      const [from, to] = [w.int(int.add(w.parameter(0), source)), w.int(int.add(w.parameter(1), at))];
      const [re, im] = [0, shape.planeBytes].map((plane) => w.vector(vec.load(from, plane)));
      let [outRe, outIm] = [0, shape.planeBytes].map((plane) => vec.load(to, plane));
      const [a, b] = factors;
      if (a) [outRe, outIm] = [vec.madd(a, re, outRe), vec.madd(a, im, outIm)];
      if (b) [outRe, outIm] = [vec.nmadd(b, im, outRe), vec.madd(b, re, outIm)];
      w.store(to, 0, outRe);
      w.store(to, shape.planeBytes, outIm);
    });
  });
}
