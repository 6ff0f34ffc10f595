import { createRandom } from '@qloom/random/random.ts';
import type { Calibration } from '../backend/backend.ts';
import type { CalibrationValues } from './calibration.ts';

/** How a calibration changes with time. */
export interface Drift {
  /** Time between two calibrations. Unit: milliseconds. */
  readonly periodMs: number;
  /** Standard deviation of the logarithm of a value once it has drifted for long; 0: none. */
  readonly spread: number;
  readonly seed: number;
}

/** Correlation of a value's logarithm from one calibration to the next. */
const MEMORY = 0.9;

/** Steps of the walk that are counted; MEMORY^WINDOW is below 1e-4. */
const WINDOW = 90;

/** No error of a gate or a readout exceeds it, however long it drifts. */
const LARGEST_ERROR = 0.5;

/**
 * The calibration at a time. The logarithm of each value walks randomly around that of `base`: a first-order autoregression,
 * `w_k = MEMORY·w_{k−1} + √(1 − MEMORY²)·ξ_k` with `w_0 = 0` at the time of `base`, times `spread`. It is a function of the
 * seed and the time alone, so that all processes and restarts have the same. T2 stays at most 2·T1.
 */
export function calibrationAt(name: string, base: CalibrationValues, drift: Drift, nowMs: number): Calibration {
  const isStill = drift.spread === 0;
  const step = isStill ? 0 : Math.max(0, Math.floor((nowMs - base.timeMs) / drift.periodMs));
  const walk = (label: string): number => Math.exp(drift.spread * walkAt(drift.seed, label, step));
  const moved = (label: string, values: readonly number[], most: number): number[] =>
    values.map((value, i) => (isStill ? value : Math.min(most, value * walk(`${label}/${i}`))));
  const t1 = moved('t1', base.t1, Number.POSITIVE_INFINITY);
  return {
    id: `${name}-${step}`,
    timeMs: base.timeMs + step * drift.periodMs,
    readoutErrors: moved('readout', base.readoutErrors, LARGEST_ERROR),
    gateErrors: moved('gate', base.gateErrors, LARGEST_ERROR),
    couplingErrors: moved('coupling', base.couplingErrors, LARGEST_ERROR),
    t1,
    t2: moved('t2', base.t2, Number.POSITIVE_INFINITY).map((value, qubit) => Math.min(value, 2 * t1[qubit])),
  };
}

function walkAt(seed: number, label: string, step: number): number {
  const random = createRandom(seed).fork(label);
  const scale = Math.sqrt(1 - MEMORY ** 2);
  let total = 0;
  for (let k = Math.max(1, step - WINDOW + 1); k <= step; k++) {
    total += MEMORY ** (step - k) * scale * random.fork(k).normal();
  }
  return total;
}
