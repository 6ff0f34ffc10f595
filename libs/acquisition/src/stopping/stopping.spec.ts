import fc from 'fast-check';
import { expectedGain } from './expected-gain.ts';
import { shouldStop } from './should-stop.ts';

const powerLaw = (a: number, b: number, rounds: number) =>
  Array.from({ length: rounds }, (_, i) => 8 + 4 * i).map((labels) => ({ labels, error: a * labels ** -b }));

describe('expectedGain', () => {
  it('is that of the power law that a curve follows', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1.5, noNaN: true }),
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 1, max: 50 }),
        (a, b, rounds, more) => {
          const curve = powerLaw(a, b, rounds);
          const { labels, error } = curve[rounds - 1];
          // A fit to exact values in float64; the least denominator is the variance of ln n, above 0.005.
          expect(Math.abs(expectedGain(curve, more) - (error - a * (labels + more) ** -b))).toBeLessThan(1e-10);
        },
      ),
    );
  });

  it('is 0 where the error rises, and unknown before three numbers of labels', () => {
    expect(expectedGain(powerLaw(0.1, -0.2, 5), 4)).toBe(0);
    expect(expectedGain(powerLaw(0.1, 0.2, 2), 4)).toBe(Number.POSITIVE_INFINITY);
    expect(expectedGain([], 4)).toBe(Number.POSITIVE_INFINITY);
  });

  it('falls with the number of labels and rises with how many are added', () => {
    const curve = powerLaw(0.5, 0.5, 30);
    expect(expectedGain(curve, 4)).toBeLessThan(expectedGain(curve.slice(0, 10), 4));
    expect(expectedGain(curve, 8)).toBeGreaterThan(expectedGain(curve, 4));
  });

  it('is finite where the error reaches 0', () => {
    expect(
      expectedGain(
        [8, 12, 16].map((labels) => ({ labels, error: 0 })),
        4,
      ),
    ).toBe(0);
  });
});

describe('shouldStop', () => {
  it('ends once two rounds in succession expect less than the price, and not before', () => {
    const curve = powerLaw(0.5, 0.5, 60);
    const prices = { label: 1, point: 100 };
    const isOver = curve.map((_, i) => shouldStop(curve.slice(0, i + 1), 4, prices).isOver);
    const end = isOver.indexOf(true);
    // The gain of the last round at which a label was worth it: 100·100·(e(n) − e(n + 4)) = 4 by the exact law.
    const exact = curve.findIndex(({ labels, error }) => 1e4 * (error - 0.5 * (labels + 4) ** -0.5) < 4);
    expect(exact).toBeGreaterThan(3);
    expect(end).toBe(exact + 1);
    expect(isOver.slice(end)).not.toContain(false);
  });

  it('compares with the price of the batch of each round, where the curve has one', () => {
    const curve = powerLaw(0.5, 0.5, 30);
    const last = curve.slice(0, -1);
    const prices = { label: 1, point: 100 };
    const free = shouldStop(curve, 4, prices);
    expect(free).toMatchObject({ isOver: false, price: 4 });
    const dear = { ...curve[29], price: 1e4 };
    expect(shouldStop([...last, dear], 4, prices)).toEqual({ isOver: false, gain: free.gain, price: 4e4 });
    expect(shouldStop([...last.slice(0, -1), { ...curve[28], price: 1e4 }, dear], 4, prices).isOver).toBe(true);
  });

  it('never ends where a label costs nothing', () => {
    expect(shouldStop(powerLaw(0.1, 0, 10), 4, { label: 0, point: 1 }).isOver).toBe(false);
  });
});
