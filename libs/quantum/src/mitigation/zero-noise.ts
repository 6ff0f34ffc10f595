import type { Circuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { inverseGate } from '../gates/gate-algebra.ts';
import type { Estimate } from './readout-mitigation.ts';

/** A circuit whose noise is amplified. */
export interface FoldedCircuit {
  readonly circuit: Circuit;
  /** Number of gates over that of the original circuit: the factor by which the noise grows. */
  readonly scale: number;
}

/**
 * The circuit C as C·(C†·C)^k, and its last gates once more, so that it has about `scale` times as many gates and is the same unitary. Nothing that
 * simplifies circuits may come after it. Throws CircuitError for a scale below 1 or a circuit without gates. Source: Giurgica-Tiron et al.,
 * "Digital zero noise extrapolation for quantum error mitigation", arXiv:2005.10921.
 */
export function foldCircuit(circuit: Circuit, scale: number): FoldedCircuit {
  const { gates } = circuit;
  if (!(scale >= 1 && scale <= 99)) throw new CircuitError(`folding: scale ${scale}; 1 to 99 is right`);
  if (gates.length === 0) throw new CircuitError('folding: the circuit has no gates; at least 1 is right');
  const pairs = Math.round(((scale - 1) / 2) * gates.length);
  const [whole, rest] = [Math.floor(pairs / gates.length), pairs % gates.length];
  const folded = [...gates];
  const again = (from: number) => {
    const part = gates.slice(from);
    folded.push(...part.toReversed().flatMap(inverseGate), ...part);
  };
  for (let i = 0; i < whole; i++) again(0);
  if (rest > 0) again(gates.length - rest);
  return { circuit: { ...circuit, gates: folded }, scale: folded.length / gates.length };
}

/** A value that was measured at one scale of the noise. */
export interface ScaledEstimate extends Estimate {
  readonly scale: number;
}

/**
 * The value at scale 0 of a polynomial through the points, by least squares weighted with 1/σ², and its standard error. With degree = points − 1 it is
 * Richardson's extrapolation. Standard errors of 0 mean exact values, which are weighted alike. Throws CircuitError unless there are more different
 * scales than the degree.
 */
export function extrapolateToZero(points: readonly ScaledEstimate[], degree = 1): Estimate {
  const scales = new Set(points.map(({ scale }) => scale));
  if (!Number.isInteger(degree) || degree < 0 || scales.size <= degree) {
    throw new CircuitError(
      `extrapolation: degree ${degree} through ${scales.size} scales; an integer below that number is right`,
    );
  }
  const isExact = points.some(({ standardError }) => standardError === 0);
  const weights = points.map(({ standardError }) => (isExact ? 1 : 1 / standardError ** 2));
  const size = degree + 1;
  // The solution of XᵀWX·v = e₀ gives the value Σ w·(X·v)·y, and its variance v₀ where the weights are 1/σ².
  const matrix = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) =>
      points.reduce((sum, { scale }, k) => sum + weights[k] * scale ** (i + j), 0),
    ),
  );
  const solved = solve(matrix, [1, ...new Array<number>(degree).fill(0)]);
  const influence = points.map(({ scale }, k) => weights[k] * solved.reduce((sum, v, i) => sum + v * scale ** i, 0));
  const value = points.reduce((sum, point, k) => sum + influence[k] * point.value, 0);
  const variance = points.reduce((sum, { standardError }, k) => sum + (influence[k] * standardError) ** 2, 0);
  return { value, standardError: Math.sqrt(variance) };
}

/** Gaussian elimination with partial pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const factor = rows[i][column] / rows[column][column];
      for (let j = column; j <= n; j++) rows[i][j] -= factor * rows[column][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}
