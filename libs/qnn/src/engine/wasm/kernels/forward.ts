import type { Shape } from '../lowering/shape.ts';
import { int, type Kernel, type Local, vec, writeKernel } from '../printing/ir.ts';
import { forEachCoset, type Group, gatherCoset } from './group.ts';
import { applyPhase, loadPhase, type PhaseKind } from './phases.ts';
import { loadCoefficients, rotate } from './rotations.ts';
import type { Table } from './table.ts';

/**
 * `product(coefficients, tree)`: the state ⊗ (cos, sin) that the first layer prepares from |0…0⟩, as a tree: 2^q
 * numbers from tree + 2^q vectors on are the state of the first q qubits. `coefficients` are pairs (cosine, sine).
 */
export function productKernel({ qubits, vectorBytes }: Shape): Kernel {
  return writeKernel('product', 2, (w) => {
    const [coefficients, tree] = [w.parameter(0), w.parameter(1)];
    w.store(tree, vectorBytes, vec.constant(1));
    for (let q = 0; q < qubits; q++) {
      const cosine = w.vector(vec.load(coefficients, 2 * q * vectorBytes));
      const sine = w.vector(vec.load(coefficients, (2 * q + 1) * vectorBytes));
      const half = vectorBytes << q;
      w.loop(tree, int.add(tree, int.constant(half)), vectorBytes, (at) => {
        const x = w.vector(vec.load(at, half));
        w.store(at, 2 * half, vec.mul(cosine, x));
        w.store(at, 3 * half, vec.mul(sine, x));
      });
    }
  });
}

/**
 * `link…(from, to, phases, coefficients)`: applies a link and rotates the next layer's first group. The permutation
 * only determines where amplitudes are loaded from. `real`: the state has no imaginary plane yet. `sources` is the
 * inverse map's table.
 */
export function linkKernel(shape: Shape, group: Group, sources: Table, phases: PhaseKind, real: boolean): Kernel {
  const name = `link${real ? 'Real' : ''}-${phases}-${sources.key}-${group.key}`;
  return writeKernel(name, 4, (w) => {
    const [from, to, table] = [w.parameter(0), w.parameter(1), w.parameter(2)];
    const coefficients = loadCoefficients(w, w.parameter(3), group.qubits.length, shape);
    forEachCoset(w, group, shape, (at) => {
      const re: Local[] = [];
      const im: Local[] = [];
      for (const source of gatherCoset(w, group, sources, at, shape)) {
        const address = w.int(int.add(from, source));
        const r = w.vector(vec.load(address));
        const i = w.vector(real ? vec.constant(0) : vec.load(address, shape.planeBytes));
        if (phases === 'none') {
          re.push(r);
          im.push(i);
          continue;
        }
        const phase = loadPhase(w, phases, table, source, shape);
        const [a, b] = real ? [vec.mul(r, phase[0]), vec.mul(r, phase[1])] : applyPhase(r, i, phase, 'forward');
        re.push(w.vector(a));
        im.push(w.vector(b));
      }
      const target = w.int(int.add(to, at));
      for (const [plane, offset] of [
        [re, 0],
        [im, shape.planeBytes],
      ] as const) {
        rotate(w, plane, coefficients, 'forward');
        plane.forEach((amplitude, h) => {
          w.store(target, group.offsets[h] + offset, amplitude);
        });
      }
    });
  });
}

/** `rotate-…(from, to, coefficients)`: rotates one group of qubits; `from` may be `to`. */
export function rotateKernel(shape: Shape, group: Group): Kernel {
  return writeKernel(`rotate-${group.key}`, 3, (w) => {
    const coefficients = loadCoefficients(w, w.parameter(2), group.qubits.length, shape);
    // Rotations are real: the real and the imaginary plane are two states of half the size.
    w.loop(int.constant(0), int.constant(shape.stateBytes), shape.planeBytes, (plane) => {
      const from = w.int(int.add(w.parameter(0), plane));
      const to = w.int(int.add(w.parameter(1), plane));
      forEachCoset(w, group, shape, (at) => {
        const source = w.int(int.add(from, at));
        const amplitudes = group.offsets.map((offset) => w.vector(vec.load(source, offset)));
        rotate(w, amplitudes, coefficients, 'forward');
        const target = w.int(int.add(to, at));
        amplitudes.forEach((amplitude, h) => {
          w.store(target, group.offsets[h], amplitude);
        });
      });
    });
  });
}
