import type { Points } from '@qloom/study/points/points.ts';

/** Description of features that are expectations of Pauli strings. */
export interface PhysicalSettings {
  /** Pauli string of each feature, such as X3X4 (0-based qubits). */
  readonly names: readonly string[];
  /** Number of measurements of each feature; 0: exact. */
  readonly shots: number;
}

/** Exact features may exceed a bound by rounding; estimated ones by at most this many standard errors. */
const EXACT_TOLERANCE = 1e-4;
const STANDARD_ERRORS = 3;

/** Axis of each qubit on which a Pauli string acts; null for a name that is not a Pauli string. */
function parsePauli(name: string): ReadonlyMap<number, string> | null {
  if (!/^(?:[XYZ]\d+)+$/.test(name)) return null;
  return new Map([...name.matchAll(/([XYZ])(\d+)/g)].map(([, axis, qubit]) => [Number(qubit), axis]));
}

/** Two Pauli strings anticommute if they differ on an odd number of the qubits on which both act. */
function anticommute(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): boolean {
  let differing = 0;
  for (const [qubit, axis] of a) if (b.has(qubit) && b.get(qubit) !== axis) differing++;
  return differing % 2 === 1;
}

/** Pairs of features whose Pauli strings anticommute. */
export function anticommutingPairs(names: readonly string[]): [number, number][] {
  const parsed = names.map(parsePauli);
  const pairs: [number, number][] = [];
  for (const [i, a] of parsed.entries()) {
    for (let j = i + 1; j < parsed.length; j++) {
      const b = parsed[j];
      if (a && b && anticommute(a, b)) pairs.push([i, j]);
    }
  }
  return pairs;
}

/**
 * Share of points that some quantum state could have: |⟨P⟩| ≤ 1 for every feature, and ⟨P⟩² + ⟨Q⟩² ≤ 1 for every two
 * that anticommute (which follows from the positivity of the state). Estimates from finite shots may exceed the second
 * bound by chance, as those of real points do; a tolerance of three standard errors applies.
 */
export function physicalShare({ count, features, x }: Points, { names, shots }: PhysicalSettings): number {
  const pairs = anticommutingPairs(names);
  const tolerance = shots > 0 ? STANDARD_ERRORS / Math.sqrt(shots) : EXACT_TOLERANCE;
  let valid = 0;
  for (let row = 0; row < count * features; row += features) {
    let possible = true;
    for (let j = 0; j < features; j++) possible &&= Math.abs(x[row + j]) <= 1 + EXACT_TOLERANCE;
    for (const [i, j] of pairs) possible &&= Math.hypot(x[row + i], x[row + j]) <= 1 + tolerance;
    if (possible) valid++;
  }
  return count === 0 ? 1 : valid / count;
}
