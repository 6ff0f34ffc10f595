import { createRandom } from '@qloom/random/random.ts';
import { sampleBinomial } from './binomial-sampling.ts';

/** Probabilities of Binomial(n, p), from those of its mode outwards so that none underflows near it. */
function probabilities(n: number, p: number): Float64Array {
  const out = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  out[mode] = 1;
  for (let k = mode; k < n; k++) out[k + 1] = (out[k] * (n - k) * p) / ((k + 1) * (1 - p));
  for (let k = mode; k > 0; k--) out[k - 1] = (out[k] * k * (1 - p)) / ((n - k + 1) * p);
  const total = out.reduce((sum, value) => sum + value, 0);
  return out.map((value) => value / total);
}

describe('sampleBinomial', () => {
  it.each([
    [16, 0.3],
    [16, 0.95],
    [40, 0.5],
    [1000, 0.37],
    [1000, 0.004],
    [65536, 0.8],
  ])('has the distribution function of Binomial(%s, %s)', (n, p) => {
    const count = 20_000;
    const random = createRandom(`binomial ${n} ${p}`);
    const seen = new Float64Array(n + 1);
    for (let i = 0; i < count; i++) seen[sampleBinomial(n, p, random)] += 1 / count;
    let [expected, got, distance] = [0, 0, 0];
    probabilities(n, p).forEach((probability, k) => {
      expected += probability;
      got += seen[k];
      distance = Math.max(distance, Math.abs(got - expected));
    });
    // Dvoretzky, Kiefer and Wolfowitz, with Massart's constant: √(ln(2/α)/2n) for α = 1e-6.
    expect(distance).toBeLessThan(Math.sqrt(Math.log(2e6) / (2 * count)));
  });

  it('is certain where p is 0 or 1, or n is 0', () => {
    const random = createRandom(1);
    expect([sampleBinomial(7, 0, random), sampleBinomial(7, 1, random), sampleBinomial(0, 0.4, random)]).toEqual([
      0, 7, 0,
    ]);
  });
});
