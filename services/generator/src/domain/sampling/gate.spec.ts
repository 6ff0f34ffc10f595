import { setImmediate as breathe } from 'node:timers/promises';
import { createRandom } from '@qloom/random/random.ts';
import { matrix } from '../losses/matrix.ts';
import { createGate, type Gate } from './gate.ts';

/** Two clusters of `n` points each, of standard deviation .3 around (−2, 0) and (2, 0). */
function clusters(n: number) {
  const random = createRandom('gate');
  const labels = Int32Array.from({ length: 2 * n }, (_, i) => i % 2);
  const data = Float32Array.from({ length: 4 * n }, (_, i) => {
    const centre = i % 2 === 0 ? (labels[i >> 1] === 0 ? -2 : 2) : 0;
    return centre + 0.3 * random.normal();
  });
  return { points: matrix(2 * n, 2, data), labels };
}

describe('the gate', () => {
  const { points, labels } = clusters(30);
  let gate: Gate;
  beforeAll(async () => {
    gate = await createGate(points, labels, 2, breathe);
  });
  const judge = (x: number, y: number, label: number) => gate.judge(matrix(1, 2, Float32Array.of(x, y)), 0, label);

  it('accepts a new point inside its class and refuses it inside the other', () => {
    expect(judge(-2.02, 0.11, 0)).toMatchObject({ accepted: true });
    expect(judge(-2.02, 0.11, 1)).toMatchObject({ accepted: false });
    expect(judge(-2.02, 0.11, 0).posterior + judge(-2.02, 0.11, 1).posterior).toBeCloseTo(1, 12);
  });

  it('refuses copies of training points', () => {
    for (let i = 0; i < points.rows; i++) expect(gate.judge(points, i, labels[i]).accepted).toBe(false);
  });

  it('refuses points that are not finite', () => {
    expect(judge(Number.NaN, 0, 0)).toEqual({ accepted: false, posterior: 0 });
  });

  it('does not reject a rare class', async () => {
    const rare = await createGate(
      matrix(6, 1, Float32Array.of(0, 0.1, 0.2, 0.3, 0.4, 1)),
      Int32Array.of(0, 0, 0, 0, 0, 1),
      2,
      breathe,
    );
    expect(rare.judge(matrix(1, 1, Float32Array.of(1.15)), 0, 1).accepted).toBe(true);
  });

  it('works with a single class and a single point', async () => {
    const single = await createGate(matrix(1, 1), Int32Array.of(0), 1, breathe);
    expect(single.judge(matrix(1, 1, Float32Array.of(5)), 0, 0)).toEqual({ accepted: true, posterior: 1 });
  });
});
