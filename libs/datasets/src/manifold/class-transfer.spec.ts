import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createTwoCurvesTask } from '../tasks/two-curves.ts';
import { classOffset } from './class-offset.ts';
import { fitClassTransfer } from './class-transfer.ts';

/** `count` points of a closed curve in three dimensions. */
function ring(count: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from(
    Array.from({ length: count }, () => {
      const angle = 2 * Math.PI * random.uniform();
      return [Math.cos(angle), Math.sin(angle), 0.5 * Math.sin(2 * angle)];
    }).flat(),
  );
}

const rows = (values: Float64Array, features = 3) => ({ count: values.length / features, features, values });

describe('classOffset', () => {
  it('is exactly the translation of a class that was moved', () => {
    const from = ring(20, 1);
    const moved = from.map((value, i) => value + [4, -2, 0.5][i % 3]);
    const { offset, residual } = classOffset(rows(from), rows(moved));
    // Sums of twenty float64 numbers below 10.
    for (const [j, value] of [4, -2, 0.5].entries()) expect(offset[j]).toBeCloseTo(value, 10);
    expect(residual).toBeLessThan(1e-10);
  });

  it('is the opposite in the other direction', () => {
    const [from, to] = [rows(ring(60, 2)), rows(ring(60, 3).map((value) => value + 0.1))];
    const [there, back] = [classOffset(from, to).offset, classOffset(to, from).offset];
    for (const [j, value] of there.entries()) expect(back[j]).toBeCloseTo(-value, 8);
  });

  it('is found from other places on the curve, where the difference of the means is not it', () => {
    const [from, to] = [rows(ring(60, 2)), rows(ring(60, 3).map((value) => value + 0.1))];
    // Chords of 60 random points on a ring of length 6.5 lie within L²/8 = .01 of it at three times the mean spacing.
    for (const value of classOffset(from, to).offset) expect(Math.abs(value - 0.1)).toBeLessThan(0.02);
  });

  it('is the difference of the means of classes with fewer than three rows', () => {
    const { offset } = classOffset(rows(Float64Array.of(0, 0, 2, 2), 2), rows(Float64Array.of(5, 7), 2));
    expect([...offset]).toEqual([4, 6]);
  });
});

describe('fitClassTransfer', () => {
  it('puts points of one curve on the other', () => {
    const task = createTwoCurvesTask({ noise: 0 });
    const points = task.draw({ count: 160, seed: 5 });
    const made = fitClassTransfer(points).draw(1, 80, createRandom(1));
    expect([made.count, new Set(made.y)]).toEqual([80, new Set([1])]);
    const sources = [...points.y.keys()].filter((row) => points.y[row] === 0);
    const offsets = Array.from({ length: 80 }, (_, i) => {
      const distances = sources.map((row) =>
        Math.hypot(...Array.from({ length: 10 }, (_unused, j) => made.x[10 * i + j] - points.x[10 * row + j] - 0.1)),
      );
      return Math.min(...distances);
    });
    // Each row once, moved by .1 in every feature; the curves are .316 apart, and a third of that still tells them apart.
    expect(Math.max(...offsets)).toBeLessThan(0.1);
  });

  it('keeps values within their limits, and gives the same points for the same seed', () => {
    const points = createTwoCurvesTask().draw({ count: 40, seed: 1 });
    const physical = Array.from({ length: 10 }, () => ({ low: -0.2, high: 0.2 }));
    const draw = () => fitClassTransfer(points, physical).draw(0, 50, createRandom(2));
    expect(draw().x.every((value) => Math.abs(value) <= Math.fround(0.2))).toBe(true);
    expect(draw()).toEqual(draw());
  });

  it('refuses to make points without rows of the class and of another', () => {
    const lone: Points = { count: 2, features: 1, classes: 2, x: Float32Array.of(0, 1), y: Int32Array.of(0, 0) };
    for (const label of [0, 1]) {
      expect(() => fitClassTransfer(lone).draw(label, 1, createRandom(1))).toThrow(
        `counts: 1 points of class ${label} need rows of it and of another class`,
      );
    }
  });
});
