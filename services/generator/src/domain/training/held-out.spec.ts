import { createRandom } from '@qloom/random/random.ts';
import { matrix } from '../losses/matrix.ts';
import { heldOutScore, splitHeldOut } from './held-out.ts';

describe('splitHeldOut', () => {
  it('holds out a fifth of each class with at least five points, and none of a smaller one', () => {
    const labels = Int32Array.from([...new Array(315).fill(0), ...new Array(5).fill(1), ...new Array(4).fill(2)]);
    const { fit, heldOut } = splitHeldOut(labels, 3, createRandom(1));
    expect([...heldOut].map((row) => labels[row])).toEqual([...new Array(63).fill(0), 1]);
    expect([...fit, ...heldOut].sort((a, b) => a - b)).toEqual([...labels.keys()]);
  });

  it('holds out no more than about 256', () => {
    const labels = Int32Array.from({ length: 10_000 }, (_, i) => (i % 100 === 0 ? 1 : 0));
    const { heldOut } = splitHeldOut(labels, 2, createRandom(1));
    expect(heldOut.length).toBe(256);
    expect(heldOut.filter((row) => labels[row] === 1).length).toBe(3);
  });

  it('holds out nothing where there would be fewer than 64 points', () => {
    for (const count of [3, 40, 312]) {
      const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
      const { fit, heldOut } = splitHeldOut(labels, 2, createRandom(1));
      expect([...fit]).toEqual([...labels.keys()]);
      expect([...heldOut]).toEqual([]);
    }
  });
});

describe('heldOutScore', () => {
  const random = createRandom('score');
  const labels = Int32Array.from({ length: 100 }, (_, i) => i % 2);
  const sample = (shift: number, scale: number) =>
    matrix(
      100,
      2,
      Float32Array.from({ length: 200 }, (_, i) => labels[i >> 1] * 2 + shift + scale * random.normal()),
    );
  const score = heldOutScore(sample(0, 0.5), labels);

  it('is smallest for points of the same distribution', () => {
    const same = score(sample(0, 0.5), labels);
    expect(same).toBeLessThan(score(sample(0.8, 0.5), labels));
    expect(same).toBeLessThan(score(sample(0, 0.05), labels));
    expect(same).toBeLessThan(score(sample(0, 2), labels));
  });

  it('detects swapped classes', () => {
    const swapped = labels.map((c) => 1 - c);
    expect(score(sample(0, 0.5), labels)).toBeLessThan(score(sample(0, 0.5), swapped));
  });
});
