import type { Random } from '@qloom/random/random.ts';
import type { Execution, OutcomeCounts } from '../backend/backend.ts';

/** Probabilities of basis states, decimal, bit q of which is qubit q. */
export type StateProbabilities = Readonly<Record<string, number>>;

/** Thrown where a result is not what it should be. */
class IonqResultError extends Error {
  override readonly name = 'IonqResultError';
}

/** By how much probabilities may miss 1 in all. */
const TOTAL_ERROR = 1e-4;

/**
 * Counts of one execution from the probabilities of its circuit, `places` being where each of its qubits was measured. A device's
 * probabilities are frequencies: they are multiplied by the shots and rounded so that the sum is right (largest remainders first), which
 * matters where the device left out shots with leakage. With `random` the probabilities are exact ones of a simulator, and are sampled.
 */
export function countsOf(
  probabilities: StateProbabilities,
  { qubits, shots }: Execution,
  places: readonly number[],
  random?: Random,
): OutcomeCounts {
  const outcomes = new Map<number, number>();
  let total = 0;
  for (const [text, probability] of Object.entries(probabilities)) {
    const state = BigInt(text);
    const outcome = qubits.reduce((sum, qubit, j) => sum + 2 ** j * Number((state >> BigInt(places[qubit])) & 1n), 0);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + probability);
    total += probability;
  }
  if (!(Math.abs(total - 1) <= TOTAL_ERROR)) {
    throw new IonqResultError(`the probabilities of a circuit add up to ${total}; 1 is right`);
  }
  const sorted = [...outcomes].sort(([a], [b]) => a - b);
  const counts = random ? sampled(sorted, total, shots, random) : rounded(sorted, total, shots);
  return new Map(counts.filter(([, count]) => count > 0));
}

type Weighted = readonly (readonly [outcome: number, probability: number])[];

function rounded(outcomes: Weighted, total: number, shots: number): [number, number][] {
  const exact = outcomes.map(([, probability]) => (shots * probability) / total);
  // Frequencies come with rounding in their last digits.
  const counts = exact.map((value) => Math.floor(value + 1e-6));
  const left = shots - counts.reduce((sum, count) => sum + count, 0);
  const order = exact.map((value, i) => [value - counts[i], i]).sort(([a, i], [b, j]) => b - a || i - j);
  for (let k = 0; k < left; k++) counts[order[k % order.length][1]]++;
  return outcomes.map(([outcome], i) => [outcome, counts[i]]);
}

function sampled(outcomes: Weighted, total: number, shots: number, random: Random): [number, number][] {
  const counts = outcomes.map(() => 0);
  for (let shot = 0; shot < shots; shot++) {
    let left = random.uniform() * total;
    let index = outcomes.findIndex(([, probability]) => (left -= probability) < 0);
    if (index < 0) index = outcomes.findLastIndex(([, probability]) => probability > 0);
    counts[index]++;
  }
  return outcomes.map(([outcome], i) => [outcome, counts[i]]);
}
