import type { Round } from './campaign.ts';

/** Rounds in succession that must have the target. */
const HELD = 2;

/**
 * Labels after which the accuracy has the target, and still has it a round later. The budget where that does not happen: then
 * the campaign needs more than this number.
 */
export async function labelsToTarget(
  rounds: AsyncIterable<Round>,
  target: number,
  budget: number,
): Promise<{ labels: number; isReached: boolean }> {
  const held: number[] = [];
  for await (const { labels, accuracy } of rounds) {
    if (accuracy >= target) held.push(labels);
    else held.length = 0;
    if (held.length === HELD) return { labels: held[0], isReached: true };
  }
  return { labels: budget, isReached: false };
}
