import type { Evaluation, Search } from './search.ts';

/** A point on a line, with the slope along it. */
interface Trial extends Evaluation {
  readonly length: number;
  readonly point: Float64Array;
  readonly slope: number;
}

const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const TRIALS = 30;

/**
 * A step length along `direction` that satisfies the strong Wolfe conditions (Nocedal and Wright, "Numerical
 * Optimization", 2nd edition, algorithms 3.5 and 3.6, with bisection safeguarding cubic interpolation). Null if no step
 * lowers the value beyond rounding: the caller is at a minimum within float64 accuracy.
 */
export function* searchLine(
  from: Float64Array,
  start: Evaluation,
  direction: Float64Array,
  firstLength: number,
): Search<Trial | null> {
  function* at(length: number): Search<Trial> {
    const point = from.slice();
    addScaled(point, direction, length);
    const evaluation = yield point;
    return { ...evaluation, length, point, slope: dot(evaluation.gradient, direction) };
  }
  const slope0 = dot(start.gradient, direction);
  const tooHigh = (trial: Trial) => trial.value > start.value + SUFFICIENT_DECREASE * trial.length * slope0;
  const flat = (trial: Trial) => Math.abs(trial.slope) <= -CURVATURE * slope0;
  const origin: Trial = { ...start, length: 0, point: from, slope: slope0 };
  let low = origin;
  let high: Trial | null = null;
  let length = firstLength;
  for (let trials = 0; trials < TRIALS; trials++) {
    const trial = yield* at(length);
    if (tooHigh(trial) || (low !== origin && high === null && trial.value >= low.value)) high = trial;
    else if (high !== null && trial.value >= low.value) high = trial;
    else if (flat(trial)) return trial;
    else if (high === null && trial.slope < 0) low = trial;
    else {
      if (high === null || trial.slope * (high.length - low.length) >= 0) high = low;
      low = trial;
    }
    if (high === null) length *= 2;
    else {
      if (Math.abs(high.length - low.length) * Math.abs(slope0) < 1e-17) break;
      length = interpolate(low, high);
    }
  }
  return low.value < start.value ? low : null;
}

/** The minimum of the cubic through two points and their slopes, kept away from the ends of the interval. */
function interpolate(a: Trial, b: Trial): number {
  const width = b.length - a.length;
  const first = a.slope + b.slope - (3 * (b.value - a.value)) / width;
  const root = first * first - a.slope * b.slope;
  const middle = a.length + width / 2;
  if (!(root >= 0)) return middle;
  const second = Math.sign(width) * Math.sqrt(root);
  const length = b.length - (width * (b.slope + second - first)) / (b.slope - a.slope + 2 * second);
  const share = (length - a.length) / width;
  return share > 0.1 && share < 0.9 ? length : middle;
}

/** Σ a_i·b_i. */
export function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** Adds `factor`·source to the target. */
export function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * source[i];
}
