import { addScaled, dot, searchLine } from './line-search.ts';
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
  /** step·change. */
  readonly curvature: number;
  /** change·change. */
  readonly square: number;
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
      direction = negated(now.gradient);
    }
    const first = pairs.length === 0 ? Math.min(1, 0.5 / Math.sqrt(dot(direction, direction))) : 1;
    const found = yield* searchLine(now.point, now, direction, first);
    if (found === null) {
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    const step = difference(found.point, now.point);
    const change = difference(found.gradient, now.gradient);
    const pair = { step, change, curvature: dot(step, change), square: dot(change, change) };
    if (pair.curvature > 1e-14 * pair.square) pairs.push(pair);
    if (pairs.length > MEMORY) pairs.shift();
    now = { value: found.value, gradient: found.gradient, point: found.point, step: now.step + 1 };
    onStep?.(now);
  }
  return now;
}

/** −H·gradient by the two-loop recursion. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = negated(gradient);
  const weights = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, curvature } = pairs[k];
    weights[k] = dot(step, direction) / curvature;
    addScaled(direction, change, -weights[k]);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.curvature / last.square;
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  pairs.forEach(({ step, change, curvature }, k) => {
    addScaled(direction, step, weights[k] - dot(change, direction) / curvature);
  });
  return direction;
}

function negated(vector: Float64Array): Float64Array {
  const out = new Float64Array(vector.length);
  for (let i = 0; i < out.length; i++) out[i] = -vector[i];
  return out;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
  return out;
}
