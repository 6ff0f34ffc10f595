import { bcaInterval } from '@qloom/metrics/statistics/bootstrap/bca-interval.ts';
import { FEWEST_DRAWS } from '@qloom/metrics/statistics/claim.ts';
import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { mean } from '../maths/statistics.ts';

/** Each of the first steps is scored … */
const DENSE_STEPS = 40;
/** … then every fourth, or every so many that there are at most this many further scores. */
const SPARSE_STRIDE = 4;
const MOST_SPARSE = 200;

/** Numbers of steps after which a QNN is scored, from 0 to `last`: dense at first, where differences of a step matter. */
export function scoredSteps(last: number): number[] {
  const stride = Math.max(SPARSE_STRIDE, Math.ceil((last - DENSE_STEPS) / MOST_SPARSE));
  const steps = Array.from({ length: Math.min(last, DENSE_STEPS) + 1 }, (_, step) => step);
  for (let step = DENSE_STEPS + stride; step < last; step += stride) steps.push(step);
  if (last > DENSE_STEPS) steps.push(last);
  return steps;
}

/** A target accuracy, and for how many further steps it must be held. */
export interface Target {
  readonly accuracy: number;
  readonly hold: number;
}

/**
 * The first of the scored `steps` at which the accuracy, and that of every score up to the first at least `hold` steps later,
 * is at least the target; null if there is none. At least 1: no ratio is taken to 0 steps.
 */
export function stepsToTarget(steps: readonly number[], accuracies: readonly number[], target: Target): number | null {
  const last = steps[steps.length - 1];
  for (let i = 0; i < steps.length && steps[i] + target.hold <= last; i++) {
    let j = i;
    while (accuracies[j] >= target.accuracy && steps[j] < steps[i] + target.hold) j++;
    if (accuracies[j] >= target.accuracy) return Math.max(1, steps[i]);
  }
  return null;
}

/** The steps of an arm on a replicate: the geometric mean over its trainings. One that did not reach the target has the last step. */
export function meanSteps(
  trainings: readonly (number | null)[],
  last: number,
): { readonly steps: number; readonly censored: boolean } {
  return {
    steps: geometricMean(trainings.map((steps) => steps ?? last)),
    censored: trainings.includes(null),
  };
}

/** exp(mean of logarithms). */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

/**
 * Geometric mean of `steps / reference` over paired replicates, with the 95% BCa bootstrap interval over them (of the mean of
 * logarithms). With fewer than five replicates there is no interval (level 0).
 */
export function stepsRatio(steps: readonly number[], reference: readonly number[], seed: string): Interval {
  const logarithms = steps.map((value, i) => Math.log(value / reference[i]));
  const estimate = Math.exp(mean(logarithms));
  if (steps.length < FEWEST_DRAWS) return { estimate, low: estimate, high: estimate, level: 0 };
  const interval = bcaInterval(steps.length, (draws) => mean(Array.from(draws, (draw) => logarithms[draw])), { seed });
  return { estimate, low: Math.exp(interval.low), high: Math.exp(interval.high), level: interval.level };
}
