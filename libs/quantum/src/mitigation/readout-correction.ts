import { CircuitError } from '../errors.ts';
import { type ReadoutError, readProbabilities } from '../noise/readout-error.ts';

/** How often each outcome occurred; bit j of an outcome is the j-th measured qubit. Absent outcomes did not occur. */
export type OutcomeCounts = ReadonlyMap<number, number>;

/** Most measured qubits of a distribution that is corrected as a whole: 2ⁿ numbers. */
const MOST_QUBITS = 16;

/**
 * The values that stand for the outcomes 0 and 1 of a qubit in the place of +1 and −1, so that the mean of their products over
 * outcomes is an unbiased estimate of a product of Z. A readout with errors turns ⟨Z⟩ into a·⟨Z⟩ + b with a = 1 − p(1|0) − p(0|1) and
 * b = p(0|1) − p(1|0), hence (±1 − b)/a. Throws CircuitError where a is not above 0: the readout says nothing.
 */
export function correctedSigns({ oneWhenZero, zeroWhenOne }: ReadoutError): readonly [number, number] {
  const kept = 1 - oneWhenZero - zeroWhenOne;
  if (!(kept > 0)) {
    throw new CircuitError(
      `readout: p(1|0) + p(0|1) = ${oneWhenZero + zeroWhenOne}; below 1 is right, the readout of the qubit says nothing`,
    );
  }
  const shift = zeroWhenOne - oneWhenZero;
  return [(1 - shift) / kept, (-1 - shift) / kept];
}

/**
 * What correcting a product of Z on these qubits costs: the largest factor by which the mean square of its shots grows, and with it the
 * shots that the same standard error needs. 1/(1 − 2p)² for each qubit with p(1|0) = p(0|1) = p.
 */
export function correctionOverhead(errors: readonly ReadoutError[]): number {
  return errors.reduce((product, error) => {
    const [zero, one] = correctedSigns(error);
    return product * Math.max(zero ** 2, one ** 2);
  }, 1);
}

/**
 * The inverse of the confusion matrices applied to relative frequencies, shape [2ⁿ] for n errors: an unbiased estimate of the
 * distribution before the readout, which sums to 1 and may have negative entries. Throws CircuitError as {@link correctedSigns} does, and
 * above 16 qubits.
 */
export function invertReadout(counts: OutcomeCounts, errors: readonly ReadoutError[]): Float64Array {
  const out = frequencies(counts, errors.length);
  errors.forEach((error, j) => {
    const [zero, one] = correctedSigns(error);
    // The probability of 0 is (1 + ⟨Z⟩)/2.
    const [keepZero, keepOne] = [(1 + zero) / 2, (1 + one) / 2];
    for (let k = 0; k < out.length; k++) {
      if ((k >> j) & 1) continue;
      const [a, b] = [out[k], out[k | (1 << j)]];
      out[k] = keepZero * a + keepOne * b;
      out[k | (1 << j)] = (1 - keepZero) * a + (1 - keepOne) * b;
    }
  });
  return out;
}

/**
 * The distribution p ≥ 0, Σp = 1, for which ‖A·p − f‖² is smallest: A are the confusion matrices, f the relative frequencies. By
 * accelerated projected gradients (Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm", 2009), until a step
 * moves no entry by 1e-12. It is a distribution where the inverse is none, and biased there. Throws as {@link invertReadout} does.
 */
export function fitReadout(counts: OutcomeCounts, errors: readonly ReadoutError[]): Float64Array {
  const measured = frequencies(counts, errors.length);
  // ‖A‖² ≤ ‖A‖₁·‖A‖∞: columns of A sum to 1, rows to at most the product of 1 + |b|.
  const bound = errors.reduce((most, e) => most * (1 + Math.abs(e.zeroWhenOne - e.oneWhenZero)), 1);
  let current = projectToSimplex(invertReadout(counts, errors));
  let ahead = current;
  for (let step = 1, momentum = 1; step <= MOST_STEPS; step++) {
    const residual = readProbabilities(ahead, errors);
    for (let k = 0; k < residual.length; k++) residual[k] -= measured[k];
    const slope = transposeRead(residual, errors);
    const next = projectToSimplex(ahead.map((value, k) => value - slope[k] / bound));
    const following = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const before = current;
    ahead = next.map((value, k) => value + ((momentum - 1) / following) * (value - before[k]));
    current = next;
    momentum = following;
    if (next.every((value, k) => Math.abs(value - before[k]) < 1e-12)) break;
  }
  return current;
}

const MOST_STEPS = 10_000;

/** Aᵀ·v. */
function transposeRead(values: Float64Array, errors: readonly ReadoutError[]): Float64Array {
  const out = values.slice();
  errors.forEach(({ oneWhenZero, zeroWhenOne }, j) => {
    for (let k = 0; k < out.length; k++) {
      if ((k >> j) & 1) continue;
      const [zero, one] = [out[k], out[k | (1 << j)]];
      out[k] = (1 - oneWhenZero) * zero + oneWhenZero * one;
      out[k | (1 << j)] = zeroWhenOne * zero + (1 - zeroWhenOne) * one;
    }
  });
  return out;
}

/**
 * The nearest point of the probability simplex (Duchi et al., "Efficient projections onto the ℓ1-ball for learning in high dimensions",
 * 2008): max(v − t, 0) with the t for which it sums to 1.
 */
export function projectToSimplex(values: Float64Array): Float64Array {
  const sorted = values.toSorted().reverse();
  let [sum, threshold] = [0, 0];
  for (let k = 0; k < sorted.length; k++) {
    sum += sorted[k];
    const candidate = (sum - 1) / (k + 1);
    if (sorted[k] > candidate) threshold = candidate;
  }
  return values.map((value) => Math.max(0, value - threshold));
}

function frequencies(counts: OutcomeCounts, qubits: number): Float64Array {
  if (qubits > MOST_QUBITS) {
    throw new CircuitError(
      `readout: a distribution of ${qubits} qubits has 2^${qubits} entries; at most ${MOST_QUBITS} qubits are right`,
    );
  }
  const out = new Float64Array(2 ** qubits);
  let shots = 0;
  for (const [outcome, count] of counts) {
    if (!(outcome < out.length)) {
      throw new CircuitError(`readout: the outcome ${outcome} has more bits than the ${qubits} qubits with errors`);
    }
    out[outcome] += count;
    shots += count;
  }
  if (shots === 0) throw new CircuitError('readout: there are no counts; at least one shot is right');
  return out.map((value) => value / shots);
}
