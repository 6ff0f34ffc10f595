import { createRandom } from '@qloom/random/random.ts';
import { ANNNI_CLASSES, annniCriticalField, annniPhase } from './annni-phases.ts';

describe('the phases of the ANNNI chain', () => {
  it('has the critical field of the Ising chain, 1, at κ = 0, and 0 at the multicritical point κ = ½', () => {
    expect(annniCriticalField(0)).toBeCloseTo(1, 12);
    expect(annniCriticalField(0.5)).toBe(0);
    expect(annniCriticalField(0.4999999)).toBeCloseTo(0, 5);
  });

  it('agrees with the published form of the line where that form has no 0/0', () => {
    for (const kappa of [0.05, 0.2, 0.35, 0.49]) {
      const published = ((1 - kappa) / kappa) * (1 - Math.sqrt((1 - 3 * kappa + 4 * kappa ** 2) / (1 - kappa)));
      expect(annniCriticalField(kappa)).toBeCloseTo(published, 12);
    }
  });

  it('divides the rectangle 13/10/76 per cent', () => {
    const random = createRandom(4);
    const counts = [0, 0, 0];
    const n = 40_000;
    for (let i = 0; i < n; i++) counts[annniPhase(random.uniform(), 2 * random.uniform())]++;
    expect(ANNNI_CLASSES).toHaveLength(3);
    // Shares are given to a percent; five standard errors at n = 40,000 are below another.
    [0.13, 0.1, 0.76].forEach((share, label) => {
      expect(Math.abs(counts[label] / n - share)).toBeLessThan(0.015);
    });
  });
});
