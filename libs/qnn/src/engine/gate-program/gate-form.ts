import type { GateDefinition } from '@qloom/quantum/gates/gates.ts';
import type { Matrix } from '@qloom/quantum/gates/matrix.ts';

/**
 * The real or imaginary part of a matrix entry: `factor`, or `factor · values[value]` if it depends on the gate's
 * angles.
 */
export interface Coefficient {
  readonly factor: number;
  readonly value: number | null;
}

/** A matrix entry that is not identically zero; a part that is identically zero is `null`. */
export interface Entry {
  readonly row: number;
  readonly column: number;
  readonly re: Coefficient | null;
  readonly im: Coefficient | null;
}

/**
 * How one of a gate's values is computed from its angles: a sinusoid of its only angle, or a number of its matrices.
 */
export type ValueSource =
  | { readonly kind: 'cos' | 'sin'; readonly frequency: number }
  | { readonly kind: 'component'; readonly derivative: number | null; readonly index: number };

/**
 * The part of a gate that is computed at run time: a sparse matrix on `targets` if all `controls` are one (both are
 * positions in the gate's qubits), whose numbers are constants or multiples of a few `values`.
 */
export interface GateForm {
  readonly controls: readonly number[];
  readonly targets: readonly number[];
  readonly values: readonly ValueSource[];
  readonly unitary: readonly Entry[];
  /** ∂U/∂angle_j on the same block; zero elsewhere. */
  readonly derivatives: readonly (readonly Entry[])[];
  /** The gate is the identity at every angle. */
  readonly isIdentity: boolean;
}

/** Two functions of the angles that agree up to a factor at all of these are considered proportional. */
const PROBES = 7;
const TOLERANCE = 1e-12;

/**
 * Finds a gate's form by evaluating it at a few fixed angles in general position. Hence the engines support every gate
 * of the table without a list of names: RY has two values c and s, CZ a factor of −1 if two controls are one.
 */
export function formOf(definition: GateDefinition): GateForm {
  const { qubits, angles } = definition;
  const probes = Array.from({ length: angles === 0 ? 1 : PROBES }, (_, p) =>
    Array.from({ length: angles }, (_, a) => 0.37 + 1.0471 * p + 0.6113 * a + 0.1937 * p * (a + 1)),
  );
  const unitaries = probes.map((probe) => definition.matrix(probe));
  const slopes = Array.from({ length: angles }, (_, a) => probes.map((probe) => definition.derivative(probe, a)));
  const bits = Array.from({ length: qubits }, (_, bit) => bit);
  const isControl = (bit: number) =>
    unitaries.every((u) => isIdle(u, bit, 1)) && slopes.every((slope) => slope.every((d) => isIdle(d, bit, 0)));
  const controls = bits.filter(isControl);
  const targets = bits.filter((bit) => !controls.includes(bit));
  const values: { readonly source: ValueSource; readonly samples: readonly number[] }[] = [];
  const classify = (samples: readonly number[], source: ValueSource): Coefficient | null => {
    if (samples.every((sample) => Math.abs(sample) < TOLERANCE)) return null;
    if (samples.every((sample) => Math.abs(sample - samples[0]) < TOLERANCE)) {
      return { factor: snap(samples[0]), value: null };
    }
    const named = angles === 1 ? sinusoid(samples, probes) : null;
    const wanted = named ?? { source, samples };
    for (const [value, { samples: known }] of values.entries()) {
      const factor = ratio(samples, known);
      if (factor !== null) return { factor: snap(factor), value };
    }
    values.push(wanted);
    return { factor: snap(ratio(samples, wanted.samples) ?? 1), value: values.length - 1 };
  };
  const entriesOf = (matrices: readonly Matrix[], derivative: number | null): Entry[] => {
    const size = 2 ** targets.length;
    const entries: Entry[] = [];
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const at = 2 * (whole(row, targets, controls) * 2 ** qubits + whole(column, targets, controls));
        const part = (index: number) =>
          classify(
            matrices.map((m) => m.values[index]),
            { kind: 'component', derivative, index },
          );
        const [re, im] = [part(at), part(at + 1)];
        if (re || im) entries.push({ row, column, re, im });
      }
    }
    return entries;
  };
  const unitary = entriesOf(unitaries, null);
  const derivatives = slopes.map((slope, angle) => entriesOf(slope, angle));
  return {
    controls,
    targets,
    unitary,
    derivatives,
    values: values.map(({ source }) => source),
    isIdentity: unitary.every((e) => e.row === e.column && e.im === null && e.re?.factor === 1 && e.re.value === null),
  };
}

/** U†: rows and columns exchanged, imaginary parts negated. */
export const adjointEntries = (entries: readonly Entry[]): Entry[] =>
  entries.map(({ row, column, re, im }) => ({
    row: column,
    column: row,
    re,
    im: im && { ...im, factor: -im.factor },
  }));

/** Maps an index of the block on the targets to an index of the gate's matrix, with all controls one. */
function whole(index: number, targets: readonly number[], controls: readonly number[]): number {
  const ones = controls.reduce((mask, bit) => mask | (1 << bit), 0);
  return targets.reduce((mask, bit, j) => mask | (((index >> j) & 1) << bit), ones);
}

/**
 * Whether the matrix is `idle` times the identity on basis states with `bit` zero, and does not mix them with those
 * with `bit` one.
 */
function isIdle({ size, values }: Matrix, bit: number, idle: 0 | 1): boolean {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if ((row >> bit) & (column >> bit) & 1) continue;
      const at = 2 * (row * size + column);
      const wanted = row === column ? idle : 0;
      if (Math.abs(values[at] - wanted) > TOLERANCE || Math.abs(values[at + 1]) > TOLERANCE) return false;
    }
  }
  return true;
}

/** r with samples = r · known, or null. */
function ratio(samples: readonly number[], known: readonly number[]): number | null {
  const largest = known.reduce((best, value, i) => (Math.abs(value) > Math.abs(known[best]) ? i : best), 0);
  const factor = samples[largest] / known[largest];
  return samples.every((sample, i) => Math.abs(sample - factor * known[i]) < TOLERANCE) ? factor : null;
}

/** The sine or cosine of which these samples at one angle are a multiple. */
function sinusoid(
  samples: readonly number[],
  probes: readonly (readonly number[])[],
): { source: ValueSource; samples: number[] } | null {
  for (const frequency of [0.5, 1]) {
    for (const kind of ['cos', 'sin'] as const) {
      const known = probes.map(([angle]) => Math[kind](frequency * angle));
      if (ratio(samples, known) !== null) return { source: { kind, frequency }, samples: known };
    }
  }
  return null;
}

/** Rounds to a multiple of a quarter if the number differs from it only by rounding errors. */
const snap = (value: number) =>
  Math.abs(value - Math.round(4 * value) / 4) < TOLERANCE ? Math.round(4 * value) / 4 : value;
