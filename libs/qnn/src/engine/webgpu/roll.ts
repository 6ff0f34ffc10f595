/** `period` items from `at` on, `times` times one after the other. */
export interface Repeat {
  readonly at: number;
  readonly period: number;
  readonly times: number;
}

/**
 * Splits a sequence into repeats, so that a circuit's equal layers become a loop. Greedy: takes the repeat that saves
 * most at each position.
 */
export function roll(items: readonly unknown[]): Repeat[] {
  const repeats: Repeat[] = [];
  for (let at = 0; at < items.length; ) {
    let best: Repeat = { at, period: 1, times: 1 };
    for (let period = 1; 2 * period <= items.length - at; period++) {
      let same = 0;
      while (at + period + same < items.length && items[at + same] === items[at + period + same]) same++;
      const times = 1 + Math.floor(same / period);
      if ((times - 1) * period > (best.times - 1) * best.period) best = { at, period, times };
    }
    repeats.push(best);
    at += best.period * best.times;
  }
  return repeats;
}
