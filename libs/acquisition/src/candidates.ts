import { AcquisitionError } from './acquisition-error.ts';

/** Points that may be labelled, and those that are labelled or handed out already. */
export interface Candidates {
  readonly count: number;
  readonly features: number;
  /** Standardized features, so that a distance weighs all alike; row-major, shape [count, features]. */
  readonly values: Float64Array;
  /** Points that have a label, row-major, shape [labelled, features]. */
  readonly labelled: Float64Array;
  /** Points whose label was asked for and is not known yet, row-major, shape [pending, features]. */
  readonly pending: Float64Array;
  /** Price of the label of each candidate, in any one unit, above 0, shape [count]. Default: all the same. */
  readonly costs?: Float64Array;
}

/** Throws AcquisitionError unless all shapes fit, values are finite and costs are above 0. */
export function checkCandidates({ count, features, values, labelled, pending, costs }: Candidates): void {
  if (values.length !== count * features || labelled.length % features !== 0 || pending.length % features !== 0) {
    throw new AcquisitionError(
      'candidates',
      `candidates: ${values.length} values, ${labelled.length} of labelled and ${pending.length} of pending points; ${count} candidates of ${features} features need ${count * features}, the others a multiple of ${features}`,
    );
  }
  if (![values, labelled, pending].every((rows) => rows.every(Number.isFinite))) {
    throw new AcquisitionError('candidates', 'candidates: a feature is not a finite number; leave out its point');
  }
  if (costs !== undefined && (costs.length !== count || !costs.every((cost) => cost > 0 && cost < Infinity))) {
    throw new AcquisitionError('costs', `costs: ${count} finite numbers above 0 are right, one for each candidate`);
  }
}

/** Squared Euclidean distance between row `i` of `a` and row `j` of `b`, both row-major with `features` columns. */
export function squaredDistance(a: Float64Array, i: number, b: Float64Array, j: number, features: number): number {
  let sum = 0;
  for (let f = 0; f < features; f++) sum += (a[i * features + f] - b[j * features + f]) ** 2;
  return sum;
}

/** Distance of each candidate to the nearest of `points`, row-major, shape [count]; Infinity where there are none. */
export function distancesTo({ count, features, values }: Candidates, points: Float64Array): Float64Array {
  const squares = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < points.length / features; j++) {
      squares[i] = Math.min(squares[i], squaredDistance(values, i, points, j, features));
    }
  }
  return squares.map(Math.sqrt);
}
