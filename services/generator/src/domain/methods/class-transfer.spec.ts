import { setImmediate as breathe } from 'node:timers/promises';
import type { Points } from '@qloom/study/points/points.ts';
import { InvalidSampleRequestError } from '../errors.ts';
import { fitGenerator } from '../fit.ts';
import { generatorSettings } from '../generator-settings.ts';
import { unpackModel } from '../model.ts';
import { sampleModel } from '../sample.ts';

const { signal } = new AbortController();

/** Points on a parabola, and the same ones moved by (3, 1). */
function parabolas(classes: readonly number[]): Points {
  const rows = classes.flatMap((label) => [-2, -1, 0, 1, 2].map((t) => [t + 3 * label, t * t + label]));
  const y = Int32Array.from(classes.flatMap((label) => new Array<number>(5).fill(label)));
  return { count: rows.length, features: 2, classes: 2, x: Float32Array.from(rows.flat()), y };
}

async function drawn(points: Points, counts: number[]): Promise<Points[]> {
  const shape = { features: 2, classes: 2, lower: [-10, -10], upper: [4, 10], shots: 0 };
  const settings = generatorSettings({ method: 'class-transfer' });
  const { model } = await fitGenerator({ settings, data: { points, shape }, seed: 1, signal, breathe });
  const parts: Points[] = [];
  for await (const part of sampleModel(unpackModel(model), { counts, seed: 2, signal, breathe })) parts.push(part);
  return parts;
}

describe('class-transfer', () => {
  it('gives the rows of the other class, moved over, each once, within the limits of the features', async () => {
    const [made] = await drawn(parabolas([0, 1]), [0, 5]);
    expect([...made.y]).toEqual([1, 1, 1, 1, 1]);
    const got = Array.from({ length: 5 }, (_, i) => [made.x[2 * i], made.x[2 * i + 1]]).sort(
      (a, b) => a[0] - b[0] || b[1] - a[1],
    );
    // The upper limit of the first feature is 4; the others are exact but for float32.
    const wanted = [[1, 5], [2, 2], [3, 1], [4, 5], [4, 2]]; // biome-ignore format: rows
    for (const [i, row] of wanted.entries()) {
      for (const [j, value] of row.entries()) expect(got[i][j]).toBeCloseTo(value, 5);
    }
  });

  it('refuses to sample where no other class has a row', async () => {
    const call = drawn(parabolas([0]), [3, 0]);
    await expect(call).rejects.toBeInstanceOf(InvalidSampleRequestError);
    await expect(call).rejects.toThrow('method class-transfer: counts: 3 points of class 0 need rows');
  });
});
