import type { Random } from '@qloom/random/random.ts';

/**
 * A Gamma(shape, 1) variable, shape > 0 (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000;
 * below shape 1 by their boost with u^(1/shape)).
 */
function sampleGamma(shape: number, random: Random): number {
  if (shape < 1) return sampleGamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = random.normal();
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A Beta(a, b) variable in [0, 1], a and b > 0. */
export function sampleBeta(a: number, b: number, random: Random): number {
  const x = sampleGamma(a, random);
  const y = sampleGamma(b, random);
  return x + y > 0 ? x / (x + y) : random.uniform() < a / (a + b) ? 1 : 0;
}
