import { CircuitError } from '../errors.ts';

/** An expectation that was measured at one scale of the noise. */
export interface ScaledValue {
  /** Scale of the noise; 1 is that of the device. */
  readonly scale: number;
  readonly value: number;
  /** Standard error of the value, above 0. */
  readonly error: number;
}

/** A value and its standard error. */
export interface Extrapolation {
  readonly value: number;
  readonly error: number;
  /** The fit that was used: the one that was asked for, or linear where an exponential does not fit. */
  readonly fit: ExtrapolationFit;
}

/**
 * Fits of an expectation over the scale s of the noise, extrapolated to s = 0:
 * - `linear`: a + b·s, weighted least squares
 * - `richardson`: the polynomial through all values
 * - `exponential`: a·e^(−b·s), weighted least squares; `linear` where the values are not all of one sign and at least two standard
 *   errors from 0, since their logarithm says nothing there
 */
export type ExtrapolationFit = 'linear' | 'richardson' | 'exponential';

/**
 * The value without noise, with the standard error that follows from those of the measured values alone: how far the fit is from the
 * truth is not in it. Throws CircuitError unless there are at least two different scales, all finite, and every error is above 0.
 */
export function extrapolateToZero(values: readonly ScaledValue[], fit: ExtrapolationFit): Extrapolation {
  check(values);
  if (fit === 'exponential') return exponential(values) ?? extrapolateToZero(values, 'linear');
  const weights =
    fit === 'richardson'
      ? richardsonWeights(values.map(({ scale }) => scale))
      : linearWeights(
          values.map(({ scale }) => scale),
          values.map(({ error }) => 1 / error ** 2),
        );
  return { ...combine(values, weights), fit };
}

/**
 * Weights γ with which Σγ·value extrapolates the polynomial through all values to 0: γ_i = Π_{j≠i} s_j/(s_j − s_i). Throws CircuitError unless
 * the scales are different.
 */
export function richardsonWeights(scales: readonly number[]): Float64Array {
  if (new Set(scales).size !== scales.length) {
    throw new CircuitError(`extrapolation: scales ${scales.join(', ')} are not all different`);
  }
  return Float64Array.from(scales, (scale, i) =>
    scales.reduce((product, other, j) => (j === i ? product : (product * other) / (other - scale)), 1),
  );
}

/** Weights with which Σγ·value is the intercept of the line of weighted least squares. `precisions` are 1/σ². */
function linearWeights(scales: readonly number[], precisions: readonly number[]): Float64Array {
  let [total, first, second] = [0, 0, 0];
  scales.forEach((scale, i) => {
    total += precisions[i];
    first += precisions[i] * scale;
    second += precisions[i] * scale ** 2;
  });
  const determinant = total * second - first ** 2;
  return Float64Array.from(scales, (scale, i) => (precisions[i] * (second - first * scale)) / determinant);
}

function combine(values: readonly ScaledValue[], weights: Float64Array): Omit<Extrapolation, 'fit'> {
  let [value, variance] = [0, 0];
  values.forEach((one, i) => {
    value += weights[i] * one.value;
    variance += (weights[i] * one.error) ** 2;
  });
  return { value, error: Math.sqrt(variance) };
}

/** Gauss–Newton from the line through the logarithms; undefined where there are none. */
function exponential(values: readonly ScaledValue[]): Extrapolation | undefined {
  const sign = Math.sign(values[0].value);
  if (values.some(({ value, error }) => sign * value < 2 * error)) return undefined;
  const logarithms = values.map(({ scale, value, error }) => ({
    scale,
    value: Math.log(sign * value),
    error: error / Math.abs(value),
  }));
  const weights = logarithms.map(({ error }) => 1 / error ** 2);
  const scales = values.map(({ scale }) => scale);
  const start = combine(logarithms, linearWeights(scales, weights)).value;
  let amplitude = sign * Math.exp(start);
  let rate = decayOf(logarithms, start);
  let variance = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    // Normal equations of the residuals in the amplitude and the rate.
    let [aa, ab, bb, ra, rb] = [0, 0, 0, 0, 0];
    for (const { scale, value, error } of values) {
      const decay = Math.exp(-rate * scale);
      const [da, db, residual] = [
        decay / error,
        (-amplitude * scale * decay) / error,
        (value - amplitude * decay) / error,
      ];
      aa += da * da;
      ab += da * db;
      bb += db * db;
      ra += da * residual;
      rb += db * residual;
    }
    const determinant = aa * bb - ab * ab;
    if (!(determinant > 0)) return undefined;
    const [moveAmplitude, moveRate] = [(bb * ra - ab * rb) / determinant, (aa * rb - ab * ra) / determinant];
    amplitude += moveAmplitude;
    rate += moveRate;
    variance = bb / determinant;
    if (Math.abs(moveAmplitude) <= 1e-12 * Math.abs(amplitude) && Math.abs(moveRate) <= 1e-12) {
      return { value: amplitude, error: Math.sqrt(variance), fit: 'exponential' };
    }
    if (!Number.isFinite(amplitude) || !Number.isFinite(rate)) return undefined;
  }
  return undefined;
}

const MOST_STEPS = 100;

/** The rate of a decay that starts at e^start: the weighted least squares through the origin. */
function decayOf(logarithms: readonly ScaledValue[], start: number): number {
  let [cross, square] = [0, 0];
  for (const { scale, value, error } of logarithms) {
    cross += (scale * (start - value)) / error ** 2;
    square += (scale / error) ** 2;
  }
  return cross / square;
}

function check(values: readonly ScaledValue[]): void {
  if (new Set(values.map(({ scale }) => scale)).size < 2) {
    throw new CircuitError('extrapolation: at least two different scales of the noise are right');
  }
  for (const { scale, value, error } of values) {
    if (!(Number.isFinite(scale) && Number.isFinite(value) && error > 0 && Number.isFinite(error))) {
      throw new CircuitError(
        `extrapolation: ${value} ± ${error} at scale ${scale}; finite numbers and an error above 0 are right`,
      );
    }
  }
}
