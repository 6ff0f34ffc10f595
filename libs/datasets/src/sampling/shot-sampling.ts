import type { Random } from '@qloom/random/random.ts';

/**
 * The average of `shots` measurements of an observable with outcomes ±1 and expectation ⟨P⟩: 2k/shots − 1 with k ~
 * Binomial(shots, (1 + ⟨P⟩)/2). Draws `shots` uniform numbers.
 */
export function sampleExpectation(expectation: number, shots: number, random: Random): number {
  const probability = Math.max(0, Math.min(1, (1 + expectation) / 2));
  let ups = 0;
  for (let shot = 0; shot < shots; shot++) if (random.uniform() < probability) ups++;
  return (2 * ups) / shots - 1;
}
