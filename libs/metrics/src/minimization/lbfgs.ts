import { dot, searchLine } from './line-search.ts';
import { type Iterate, largestComponent, type Search } from './search.ts';

/** Number of stored pairs of steps and gradient changes. */
const MEMORY = 10;

/** Limits of {@link lbfgs}. */
export interface LbfgsOptions {
  /** Most steps. */
  readonly steps: number;
  /** The search ends when the largest component of the gradient is below this. */
  readonly gradientTolerance: number;
  /** Called after every step. */
  readonly onStep?: (iterate: Iterate) => void;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
}

/**
 * Minimizes by limited-memory BFGS (Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 and 7.5).
 * Ends at the tolerance, after `steps` steps, or when no step lowers the value any more.
 */
export function* lbfgs(start: Float64Array, { steps, gradientTolerance, onStep }: LbfgsOptions): Search<Iterate> {
  const pairs: Pair[] = [];
  let now: Iterate = { ...(yield start), point: start, step: 0 };
  while (now.step < steps && largestComponent(now.gradient) > gradientTolerance) {
    let direction = descent(now.gradient, pairs);
    if (!(dot(direction, now.gradient) < 0)) {
      pairs.length = 0;
      direction = now.gradient.map((slope) => -slope);
    }
    const first = pairs.length === 0 ? Math.min(1, 0.5 / Math.sqrt(dot(direction, direction))) : 1;
    const found = yield* searchLine(now.point, now, direction, first);
    if (found === null) {
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    const pair = {
      step: found.point.map((value, i) => value - now.point[i]),
      change: found.gradient.map((value, i) => value - now.gradient[i]),
    };
    if (dot(pair.step, pair.change) > 1e-14 * dot(pair.change, pair.change)) pairs.push(pair);
    if (pairs.length > MEMORY) pairs.shift();
    now = { value: found.value, gradient: found.gradient, point: found.point, step: now.step + 1 };
    onStep?.(now);
  }
  return now;
}

/** −H·gradient by the two-loop recursion. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const weights: number[] = [];
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change } = pairs[k];
    weights[k] = dot(step, direction) / dot(step, change);
    addScaled(direction, change, -weights[k]);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = dot(last.step, last.change) / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  pairs.forEach(({ step, change }, k) => {
    addScaled(direction, step, weights[k] - dot(change, direction) / dot(step, change));
  });
  return direction;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * source[i];
}
