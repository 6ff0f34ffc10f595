import type { Random } from '@qloom/random/random.ts';

/**
 * A Binomial(n, p) variable in time independent of n. Where n·min(p, 1 − p) is at least 10 by transformed rejection with squeeze
 * (Hörmann, "The generation of binomial random variates", 1993, algorithm BTRS), elsewhere by the gaps between successes,
 * which are geometric. `n` is a whole number of at least 0, p in [0, 1].
 */
export function sampleBinomial(n: number, p: number, random: Random): number {
  if (p > 0.5) return n - sampleBinomial(n, 1 - p, random);
  return n * p < 10 ? byGaps(n, p, random) : byRejection(n, p, random);
}

function byGaps(n: number, p: number, random: Random): number {
  if (!(p > 0)) return 0;
  const logFailure = Math.log1p(-p);
  let successes = 0;
  for (let at = 0; ; successes++) {
    at += Math.floor(Math.log(1 - random.uniform()) / logFailure) + 1;
    if (at > n) return successes;
  }
}

function byRejection(n: number, p: number, random: Random): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const inside = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = 1 - random.uniform();
    const edge = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / edge + b) * u + n * p + 0.5);
    if (edge >= 0.07 && v <= inside) return k;
    if (!(k >= 0 && k <= n)) continue;
    const logRatio =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      (stirlingTail(mode) + stirlingTail(n - mode) - stirlingTail(k) - stirlingTail(n - k));
    if (Math.log((v * alpha) / (a / (edge * edge) + b)) <= logRatio) return k;
  }
}

/** log k! less its approximation (k + ½)·log(k + 1) − (k + 1) + ½·log 2π (Hörmann, 1993, section 3). */
function stirlingTail(k: number): number {
  if (k < TAILS.length) return TAILS[k];
  const m = k + 1;
  const square = m * m;
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / m;
}

const TAILS = Array.from({ length: 10 }, (_, k) => {
  let logFactorial = 0;
  for (let i = 2; i <= k; i++) logFactorial += Math.log(i);
  return logFactorial - ((k + 0.5) * Math.log(k + 1) - (k + 1) + 0.5 * Math.log(2 * Math.PI));
});
