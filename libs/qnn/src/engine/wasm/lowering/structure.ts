import type { Circuit } from '@qloom/quantum/circuit.ts';
import { type Angle, constant } from '@qloom/quantum/gates/angle.ts';
import { type Observable, pauliMasks } from '@qloom/quantum/observables/observable.ts';
import { parity } from '@qloom/quantum/simulation/statevector.ts';
import type { FlipGroup } from '../kernels/readout.ts';
import { type AffineMap, applyLinear, identityMap, invertMap, transposeApply } from './affine-map.ts';
import type { Layer, Link } from './layers.ts';
import { lower } from './lower.ts';

/** An angle whose coefficients kernels read for every sample, and whose derivative they write. */
export interface Slot {
  readonly angle: Angle;
  /** Coefficients are (cosine, sine), or (tangent, cosine), of half the angle. */
  readonly form: 'sine' | 'tangent';
}

/** A layer whose angles are in slots: rotation i has slot `firstSlot` + i. */
export interface PlannedLayer {
  readonly qubits: readonly number[];
  readonly firstSlot: number;
  readonly link: PlannedLink;
}

/**
 * A link; with 'lane' phases the strings before the map have slots from `firstSlot` on, and those after it follow.
 * 'shared' phases have no slots: they do not depend on inputs.
 */
export interface PlannedLink extends Link {
  readonly phases: 'none' | 'shared' | 'lane';
  readonly trainable: boolean;
  readonly firstSlot: number;
}

/** An observable as a sum of terms: its constant, and the weights by the index of the term. */
export interface ReadoutTerms {
  readonly constant: number;
  readonly terms: readonly { readonly index: number; readonly weight: number }[];
}

/** The measurement of the state after the last layer's rotations. */
export interface Readout {
  /** The remaining permutation. */
  readonly map: AffineMap;
  /** Z strings after it; mask i is term i. */
  readonly masks: readonly number[];
  /** Strings with X or Y, transformed to before the permutation; their terms follow. */
  readonly flips: readonly FlipGroup[];
  /** Number of terms. */
  readonly terms: number;
  readonly observables: readonly ReadoutTerms[];
}

/**
 * A planned circuit with its observables: everything that the compiled code depends on, without the values of
 * parameters.
 */
export interface Structure {
  readonly circuit: Circuit;
  readonly slots: readonly Slot[];
  /** At least two; the first rotates every qubit, or none if amplitudes are prepared. */
  readonly layers: readonly PlannedLayer[];
  readonly readout: Readout;
}

/** Plans a valid circuit with valid observables. */
export function planStructure(circuit: Circuit, observables: readonly Observable[]): Structure {
  const layers = settleEnd(lower(circuit).layers, observables, circuit.qubits);
  const slots: Slot[] = [];
  const planned = layers.map(({ rotations, link }, index): PlannedLayer => {
    const product = index === 0 && !circuit.preparation;
    const qubits = product ? Array.from({ length: circuit.qubits }, (_, q) => q) : rotations.map((one) => one.qubit);
    const firstSlot = slots.length;
    const angles = new Map(rotations.map(({ qubit, angle }) => [qubit, angle]));
    const form = index === 0 ? 'sine' : 'tangent';
    for (const q of qubits) slots.push({ angle: angles.get(q) ?? constant(0), form });
    return { qubits, firstSlot, link: planLink(link, slots) };
  });
  return { circuit, slots, layers: planned, readout: planReadout(observables, layers[layers.length - 1].link.map) };
}

function planLink(link: Link, slots: Slot[]): PlannedLink {
  const strings = [...link.before, ...link.after];
  const firstSlot = slots.length;
  const lane = strings.some(({ angle }) => angle.terms.some((term) => term.input !== null));
  if (lane) for (const { angle } of strings) slots.push({ angle, form: 'sine' });
  const phases = lane ? 'lane' : strings.length > 0 ? 'shared' : 'none';
  return { ...link, phases, trainable: strings.some(({ angle }) => angle.terms.length > 0), firstSlot };
}

/**
 * Drops the last phases that do not affect any observable. Remaining phases, and a circuit of one layer, are followed
 * by a layer without rotations.
 */
function settleEnd(layers: readonly Layer[], observables: readonly Observable[], qubits: number): Layer[] {
  const last = layers[layers.length - 1];
  const { map } = last.link;
  const flips = observables.flatMap(({ terms }) => terms.map((term) => pauliMasks(term.paulis).x));
  const seen = (image: number) => flips.some((x) => parity(x & image) === 1);
  const inverse = invertMap(map);
  const before = last.link.before.filter(({ mask }) => seen(transposeApply(inverse, mask)));
  const after = last.link.after.filter(({ mask }) => seen(mask));
  const settled = [...layers.slice(0, -1), { ...last, link: { before, map, after } }];
  if (before.length + after.length === 0 && layers.length > 1) return settled;
  return [...settled, { rotations: [], link: { before: [], map: identityMap(qubits), after: [] } }];
}

function planReadout(observables: readonly Observable[], map: AffineMap): Readout {
  const masks: number[] = [];
  const flips = new Map<string, { x: number; z: number; power: number }>();
  const parts = observables.map(({ terms }) =>
    terms.map(({ coefficient, paulis }) => {
      const { x, z, ys } = pauliMasks(paulis);
      const key = `${x} ${z}`;
      if (x !== 0) flips.set(key, { x, z, power: ys % 4 });
      else if (z !== 0 && !masks.includes(z)) masks.push(z);
      return { coefficient, x, z, key };
    }),
  );
  const numbers = new Map([...flips.keys()].map((key, i) => [key, masks.length + i]));
  const groups = new Map<number, { x: number; terms: { z: number; power: number; index: number }[] }>();
  const inverse = invertMap(map);
  for (const [key, { x, z, power }] of flips) {
    // P†·X^x·Z^z·P = ±X^(A⁻¹x)·Z^(Aᵀz) for the permutation P: k ↦ A·k ⊕ offset.
    const moved = applyLinear(inverse, x);
    const turned = (power + 2 * parity(z & map.offset)) % 4;
    const group = groups.get(moved) ?? { x: moved, terms: [] };
    groups.set(moved, group);
    group.terms.push({ z: transposeApply(map, z), power: turned, index: numbers.get(key) as number });
  }
  const read = parts.map((terms): ReadoutTerms => {
    const weights = new Map<number, number>();
    let fixed = 0;
    for (const { coefficient, x, z, key } of terms) {
      if (x === 0 && z === 0) {
        fixed += coefficient;
        continue;
      }
      const index = x === 0 ? masks.indexOf(z) : (numbers.get(key) as number);
      weights.set(index, (weights.get(index) ?? 0) + coefficient);
    }
    return { constant: fixed, terms: [...weights].map(([index, weight]) => ({ index, weight })) };
  });
  return { map, masks, flips: [...groups.values()], terms: masks.length + flips.size, observables: read };
}
