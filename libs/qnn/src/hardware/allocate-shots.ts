/** Limits of an allocation. */
export interface ShotBudget {
  /** Shots of all executions together, at most. */
  readonly shots: number;
  /** Shots of each execution, at least. */
  readonly floor: number;
  /** Shots of each execution, at most. */
  readonly most: number;
}

/** Thrown when a budget is below the floors of its executions. */
export class ShotBudgetError extends RangeError {
  override name = 'ShotBudgetError';
}

/**
 * Shares out shots so that Σ score²/shots is small, where a score is the standard deviation that one shot of the execution adds to the
 * result: in proportion to the scores (Neyman, 1934), rounded to floor·2^k. Few different numbers of shots let executions share jobs on
 * backends where all of a job have the same; above the floor the rounding makes the sum at most 1/8 larger than the exact proportion with as many
 * shots (Kantorovich's inequality for factors from 1/√2 to √2). What is left goes, one execution doubled at a time, where a shot gains
 * most. A score of 0 gets the floor. Throws ShotBudgetError where the floors alone are above the budget.
 */
export function allocateShots(scores: Float64Array, { shots, floor, most }: ShotBudget): Int32Array {
  const needed = scores.length * floor;
  if (needed > shots) {
    throw new ShotBudgetError(
      `${shots} shots for ${scores.length} executions of at least ${floor}; at least ${needed} are right`,
    );
  }
  const levels = Math.floor(Math.log2(most / floor));
  const at = (multiplier: number): Int32Array =>
    Int32Array.from(scores, (score) => {
      const level = Math.round(Math.log2((multiplier * score) / floor));
      return floor * 2 ** Math.max(0, Math.min(levels, level));
    });
  const total = (allocation: Int32Array) => allocation.reduce((sum, count) => sum + count, 0);
  // Multipliers by bisection of their logarithm: all floors at the lower end, the most for all at the upper.
  const positive = scores.filter((score) => score > 0);
  if (positive.length === 0) return at(0);
  let low = Math.log2(floor / Math.max(...positive)) - 1;
  let high = Math.log2(most / Math.min(...positive)) + 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (total(at(2 ** middle)) <= shots) low = middle;
    else high = middle;
  }
  const allocation = at(2 ** low);
  let left = shots - total(allocation);
  const byGain = [...scores.keys()].sort((a, b) => scores[b] / allocation[b] - scores[a] / allocation[a] || a - b);
  for (const i of byGain) {
    const more = allocation[i];
    if (scores[i] > 0 && more <= left && 2 * more <= floor * 2 ** levels) {
      allocation[i] += more;
      left -= more;
    }
  }
  return allocation;
}
