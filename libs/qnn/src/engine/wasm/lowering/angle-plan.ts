import type { Angle, AngleTerm } from '@qloom/quantum/gates/angle.ts';
import { ENTRY_BYTES } from '../kernels/angles.ts';
import type { MemoryPlan } from './memory-plan.ts';
import type { Shape } from './shape.ts';
import type { Slot } from './structure.ts';

/** x_first·x_second, or x_first alone. */
export interface Feature {
  readonly first: number;
  readonly second: number | null;
}

/** The part of an angle that depends on inputs; slots with the same terms share it. */
interface OwnPart {
  /** Its terms' weights (coefficient, times a parameter where there is one) and features. */
  readonly terms: readonly { readonly weight: number; readonly feature: number }[];
}

/** A weight: `coefficient`, times parameter `parameter` unless that is null. */
export interface Weight {
  readonly coefficient: number;
  readonly parameter: number | null;
}

/** A sum over samples: the derivative of a slot, times a feature unless `feature` is null. */
export interface Total {
  readonly slot: number;
  readonly feature: number | null;
  /** The quantity that it is the derivative of. */
  readonly terms: readonly { readonly parameter: number; readonly coefficient: number }[];
}

/** How angles are computed from parameters and inputs, and gradients from the slots' derivatives. */
export interface AnglePlan {
  readonly slots: readonly Slot[];
  /** Features that terms use: first the circuit's inputs, then products of two inputs. */
  readonly features: readonly Feature[];
  readonly parts: readonly OwnPart[];
  /** Each slot's part, null if its angle has no input. */
  readonly partOf: readonly (number | null)[];
  readonly weights: readonly Weight[];
  readonly totals: readonly Total[];
  /** Size of all entries of the kernels' tables. Unit: bytes. */
  readonly entryBytes: number;
}

/** An angle without the terms that have an input. */
export const sharedPart = ({ constant, terms }: Angle): Angle => ({
  constant,
  terms: terms.filter((term) => term.input === null),
});

/** Plans the angles of slots in a circuit of `inputs` inputs. */
export function planAngles(slots: readonly Slot[], inputs: number): AnglePlan {
  const features: Feature[] = Array.from({ length: inputs }, (_, first) => ({ first, second: null }));
  const parts: OwnPart[] = [];
  const known = new Map<string, number>();
  const weights: Weight[] = [];
  const totals: Total[] = [];
  const featureOf = ({ input, secondInput }: AngleTerm): number | null => {
    if (input === null || secondInput == null) return input;
    const [first, second] = [Math.min(input, secondInput), Math.max(input, secondInput)];
    const found = features.findIndex((one) => one.first === first && one.second === second);
    return found >= 0 ? found : features.push({ first, second }) - 1;
  };
  const partOf = slots.map(({ angle }, slot) => {
    const terms = angle.terms.map((term) => ({ ...term, feature: featureOf(term) }));
    const trainable = terms.filter((term): term is typeof term & { parameter: number } => term.parameter !== null);
    for (const feature of new Set(trainable.map((term) => term.feature))) {
      totals.push({ slot, feature, terms: trainable.filter((term) => term.feature === feature) });
    }
    const own = terms.filter((term): term is typeof term & { feature: number } => term.feature !== null);
    if (own.length === 0) return null;
    const key = JSON.stringify(own.map(({ coefficient, parameter, feature }) => [coefficient, parameter, feature]));
    const part = known.get(key) ?? parts.length;
    known.set(key, part);
    if (part === parts.length) {
      const weighted = own.map(({ coefficient, parameter, feature }) => ({
        weight: weights.push({ coefficient, parameter }) - 1,
        feature,
      }));
      parts.push({ terms: weighted });
    }
    return part;
  });
  const own = parts.reduce((count, part) => count + part.terms.length, 0);
  const lane = partOf.filter((part) => part !== null);
  const inputEntries = lane.reduce((count, part) => count + parts[part].terms.length, 0);
  const entryBytes =
    12 * own +
    ENTRY_BYTES.combine * lane.length +
    ENTRY_BYTES.weightedSum * totals.length +
    ENTRY_BYTES.inputs * inputEntries;
  return { slots, features, parts, partOf, weights, totals, entryBytes };
}

/** The address range of the entries of one kernel. */
export interface EntryRange {
  readonly from: number;
  readonly to: number;
}

/** All entries, and the words to write at `MemoryPlan.entries`. */
export interface AngleEntries {
  readonly words: readonly number[];
  readonly setAngles: EntryRange;
  readonly addAngles: EntryRange;
  readonly combine: EntryRange;
  readonly combineTangent: EntryRange;
  readonly sum: EntryRange;
  readonly weightedSum: EntryRange;
  readonly inputGradient: EntryRange;
}

/** The entries with their addresses. */
export function angleEntries(
  plan: AnglePlan,
  memory: MemoryPlan,
  { lanes, vectorBytes: v, numberBytes }: Shape,
): AngleEntries {
  const words: number[] = [];
  const range = (entries: readonly (readonly number[])[]): EntryRange => {
    const from = memory.entries + 4 * words.length;
    for (const entry of entries) words.push(...entry);
    return { from, to: memory.entries + 4 * words.length };
  };
  const angleOf = (part: number) => memory.angles + 8 * lanes * part;
  const angleEntry = (part: number, { weight, feature }: { weight: number; feature: number }) => [
    angleOf(part),
    memory.halfWeights + 8 * weight,
    8 * lanes * feature,
  ];
  const combineEntries = (form: Slot['form']) =>
    plan.partOf.flatMap((part, slot) =>
      part === null || plan.slots[slot].form !== form
        ? []
        : [[memory.shared + 2 * slot * numberBytes, memory.sincos + 2 * v * part, memory.coefficients + 2 * v * slot]],
    );
  const derivative = (slot: number) => memory.derivatives + slot * v;
  const total = (index: number) => memory.totals + index * v;
  return {
    setAngles: range(plan.parts.map(({ terms }, part) => angleEntry(part, terms[0]))),
    addAngles: range(plan.parts.flatMap(({ terms }, part) => terms.slice(1).map((term) => angleEntry(part, term)))),
    combine: range(combineEntries('sine')),
    combineTangent: range(combineEntries('tangent')),
    sum: range(plan.totals.flatMap(({ slot, feature }, i) => (feature === null ? [[derivative(slot), total(i)]] : []))),
    weightedSum: range(
      plan.totals.flatMap(({ slot, feature }, i) =>
        feature === null ? [] : [[derivative(slot), feature * v, total(i)]],
      ),
    ),
    inputGradient: range(
      plan.partOf.flatMap((part, slot) =>
        part === null
          ? []
          : plan.parts[part].terms.map(({ weight, feature }) => [
              derivative(slot),
              memory.weights + weight * numberBytes,
              feature * v,
            ]),
      ),
    ),
    words,
  };
}
