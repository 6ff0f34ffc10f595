import { digamma, logGamma, logUnitBallVolume, normalCdf, normalQuantile } from './special-functions.ts';

describe('special functions', () => {
  // scipy 1.17: scipy.special.digamma(x), gammaln(x); scipy.stats.norm.cdf(z), norm.ppf(p).
  it.each([
    [0.3, -3.502524222200133, 1.0957979948180756],
    [1, -0.5772156649015329, 0],
    [2.5, 0.7031566406452432, 0.2846828704729192],
    [40, 3.6763273740348428, 106.63176026064345],
  ])('digamma and logGamma at %d', (x, psi, gamma) => {
    expect(digamma(x)).toBeCloseTo(psi, 12);
    expect(logGamma(x)).toBeCloseTo(gamma, 11);
  });

  it.each([
    [-6, 9.865876450376946e-10],
    [-2.3, 0.010724110021675809],
    [-0.4, 0.3445782583896758],
    [0, 0.5],
    [1, 0.8413447460685429],
    [3.2, 0.9993128620620841],
  ])('normalCdf at %d', (z, p) => {
    expect(normalCdf(z) / p).toBeCloseTo(1, 11);
  });

  it.each([
    [1e-6, -4.753424308822899],
    [0.025, -1.9599639845400545],
    [0.3, -0.5244005127080409],
    [0.975, 1.959963984540054],
  ])('normalQuantile at %d', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 10);
  });

  it('has the volumes of the unit balls: 2, π, 4π/3', () => {
    expect([1, 2, 3].map((d) => Math.exp(logUnitBallVolume(d)))).toEqual(
      [2, Math.PI, (4 / 3) * Math.PI].map((v) => expect.closeTo(v, 11)),
    );
  });
});
