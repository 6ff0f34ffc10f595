import { CircuitError } from '../errors.ts';
import { type ReadoutError, validateReadout } from '../noise/readout-error.ts';

/** A value that was estimated from shots. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** Occurrences of outcomes: bit j of an outcome is the j-th measured qubit. */
export type Counts = ReadonlyMap<number, number>;

/**
 * The expectation of Π_j Z_j over some bits, without the bias of readout errors: the mean over shots of Π_j f_j with f = (1 − b)/a for a bit 0
 * and f = (−1 − b)/a for a bit 1, where a = 1 − p(1|0) − p(0|1) and b = p(0|1) − p(1|0). Unbiased where the errors of the qubits are independent and
 * as given; the standard error grows by about 1/a for each bit. `errors` are by measured qubit. Throws CircuitError where a readout is no better
 * than chance (a ≤ 0), a bit has no error given, or there are no shots. Source: Bravyi et al., "Mitigating measurement errors in multiqubit
 * experiments", arXiv:2006.14044, for a tensor product of errors.
 */
export function mitigatedParity(counts: Counts, bits: readonly number[], errors: readonly ReadoutError[]): Estimate {
  const factors = bits.map((bit) => inverseFactors(bit, errors));
  let [shots, total, squares] = [0, 0, 0];
  for (const [outcome, count] of counts) {
    const value = bits.reduce((product, bit, j) => product * factors[j][bitOf(outcome, bit)], 1);
    shots += count;
    total += count * value;
    squares += count * value * value;
  }
  if (shots === 0) throw new CircuitError('readout mitigation: no shots; at least 1 is right');
  const mean = total / shots;
  const variance = shots > 1 ? Math.max(0, squares - shots * mean * mean) / (shots - 1) : 1;
  return { value: mean, standardError: Math.sqrt(variance / shots) };
}

/**
 * The distribution of outcomes before readout errors, shape [2^k] for k errors: the inverse of the confusion matrix of each qubit, applied to the
 * frequencies. It sums to 1, and entries may be negative: a quasi-distribution is unbiased, a clipped one is not. Throws CircuitError.
 */
export function mitigatedProbabilities(counts: Counts, errors: readonly ReadoutError[]): Float64Array {
  validateReadout(errors, errors.length);
  if (errors.length > 20) throw new CircuitError(`readout mitigation: ${errors.length} bits; at most 20 are right`);
  const shots = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (shots === 0) throw new CircuitError('readout mitigation: no shots; at least 1 is right');
  const out = new Float64Array(2 ** errors.length);
  for (const [outcome, count] of counts) {
    if (!(outcome < out.length)) {
      throw new CircuitError(
        `readout mitigation: outcome ${outcome} of ${errors.length} bits; below ${out.length} is right`,
      );
    }
    out[outcome] += count / shots;
  }
  errors.forEach(({ oneWhenZero, zeroWhenOne }, bit) => {
    const a = keptShare(bit, errors);
    for (let k = 0; k < out.length; k++) {
      if ((k >> bit) & 1) continue;
      const [zero, one] = [out[k], out[k | (1 << bit)]];
      out[k] = ((1 - zeroWhenOne) * zero - zeroWhenOne * one) / a;
      out[k | (1 << bit)] = ((1 - oneWhenZero) * one - oneWhenZero * zero) / a;
    }
  });
  return out;
}

/**
 * Readout errors of each bit from two calibration circuits: counts where all measured qubits were prepared in |0⟩, and in |1⟩. Throws CircuitError
 * without shots.
 */
export function estimateReadoutErrors(zeros: Counts, ones: Counts, bits: number): ReadoutError[] {
  const share = (counts: Counts, bit: number, wrong: 0 | 1): number => {
    let [shots, found] = [0, 0];
    for (const [outcome, count] of counts) {
      shots += count;
      if (bitOf(outcome, bit) === wrong) found += count;
    }
    if (shots === 0) throw new CircuitError('readout calibration: no shots; at least 1 is right');
    return found / shots;
  };
  return Array.from({ length: bits }, (_, bit) => ({
    oneWhenZero: share(zeros, bit, 1),
    zeroWhenOne: share(ones, bit, 0),
  }));
}

function inverseFactors(bit: number, errors: readonly ReadoutError[]): readonly [number, number] {
  const a = keptShare(bit, errors);
  const b = errors[bit].zeroWhenOne - errors[bit].oneWhenZero;
  return [(1 - b) / a, (-1 - b) / a];
}

/** 1 − p(1|0) − p(0|1). */
function keptShare(bit: number, errors: readonly ReadoutError[]): number {
  const error = errors[bit];
  if (error === undefined)
    throw new CircuitError(`readout mitigation: no error of bit ${bit}; ${errors.length} are given`);
  const a = 1 - error.oneWhenZero - error.zeroWhenOne;
  if (a > 0) return a;
  throw new CircuitError(
    `readout mitigation: bit ${bit} is read wrong with ${error.oneWhenZero} and ${error.zeroWhenOne}; a sum below 1 is right`,
  );
}

/** Outcomes may have more than 31 bits. */
const bitOf = (outcome: number, bit: number): 0 | 1 => (Math.floor(outcome / 2 ** bit) % 2) as 0 | 1;
