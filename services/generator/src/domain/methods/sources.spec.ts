import { setImmediate as breathe } from 'node:timers/promises';
import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass, selectRows } from '@qloom/study/points/rows.ts';
import { fitGenerator } from '../fit.ts';
import type { FitOptions } from '../fit-options.ts';
import { generatorSettings } from '../generator-settings.ts';
import { unpackModel } from '../model.ts';
import { sampleModel } from '../sample.ts';

const signal = new AbortController().signal;
/** Class means ∓1 in two features, deviation .5. */
const MEANS = [-1, 1];
const unbounded = { features: 2, classes: 2, lower: [], upper: [], shots: 0 };

/** `count` points of the two classes in turn, moved by `by`. */
function clouds(count: number, seed: number, by = 0): Points {
  const random = createRandom(seed);
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  const x = Float32Array.from({ length: 2 * count }, (_, i) => MEANS[y[i >> 1]] + by + 0.5 * random.normal());
  return { count, features: 2, classes: 2, x, y };
}

function fit(method: string, training: Points, more: Partial<FitOptions> & { own?: Configuration } = {}) {
  const { own = {}, ...options } = more;
  const settings = generatorSettings({ method, ...own });
  return fitGenerator({ settings, data: { points: training, shape: unbounded }, seed: 3, signal, breathe, ...options });
}

async function draw(model: Uint8Array, counts: number[], gated = true): Promise<Points> {
  const chunks: Points[] = [];
  for await (const chunk of sampleModel(unpackModel(model), { counts, seed: 5, signal, breathe, gated })) {
    chunks.push(chunk);
  }
  return {
    ...chunks[0],
    count: chunks.reduce((sum, { count }) => sum + count, 0),
    x: Float32Array.from(chunks.flatMap(({ x }) => [...x])),
    y: Int32Array.from(chunks.flatMap(({ y }) => [...y])),
  };
}

/** Sum over classes and features of the squared distance of the class means to the true ones. */
function errorOfMeans(points: Points): number {
  return rowsByClass(points).reduce((total, rows, label) => {
    const means = [0, 1].map((j) => rows.reduce((sum, row) => sum + points.x[2 * row + j] / rows.length, 0));
    return total + means.reduce((sum, mean) => sum + (mean - MEANS[label]) ** 2, 0);
  }, 0);
}

describe('semi-supervised', () => {
  it('has class means that are better known than those of the labelled points', async () => {
    const errors = { 'semi-supervised': 0, prior: 0 };
    for (let seed = 0; seed < 8; seed++) {
      const training = clouds(6, seed);
      const unlabelled = clouds(200, 100 + seed);
      for (const method of ['semi-supervised', 'prior'] as const) {
        const { model } = await fit(method, training, { unlabelled });
        errors[method] += errorOfMeans(await draw(model, [400, 400], false)) / 8;
      }
    }
    // Of three points a mean has variance .25/3 in each of four places, of a hundred .25/100; wrong labels cost some of it.
    expect(errors.prior).toBeGreaterThan(0.15);
    expect(errors['semi-supervised']).toBeLessThan(errors.prior / 3);
  });

  it('uses no point of which the teacher is uncertain, and says how many it used', async () => {
    const middle = { ...clouds(50, 9), x: new Float32Array(100) };
    const far = clouds(50, 10);
    const { values } = await fit('semi-supervised', clouds(40, 1), {
      unlabelled: { count: 100, features: 2, x: Float32Array.of(...middle.x, ...far.x) },
    });
    // At 0 the two classes are about equally probable: all fifty are above .5 or none is.
    expect([50, 100]).toContain(values['unlabelled.used']);
  });

  it('needs points without labels, of the same features', async () => {
    await expect(fit('semi-supervised', clouds(8, 1))).rejects.toThrow(
      'method semi-supervised: needs points without labels; right would be the part unlabelled',
    );
    const unlabelled = { count: 3, features: 1, x: new Float32Array(3) };
    await expect(fit('semi-supervised', clouds(8, 1), { unlabelled })).rejects.toThrow(
      'unlabelled: 1 columns, and the training points have 2',
    );
  });
});

describe('simulator', () => {
  it('brings the points of a distant domain to the classes of the labelled points', async () => {
    const { model, values } = await fit('simulator', clouds(40, 1), {
      source: clouds(200, 2, 5),
      own: { 'source.shift': 1 },
    });
    expect(values['source.shift']).toBeGreaterThan(0.99);
    // The means of twenty labelled points each: four places of variance .25/20.
    expect(errorOfMeans(await draw(model, [200, 200]))).toBeLessThan(0.3);
  });

  it('gives points of the domain itself where it hardly differs, and draws of the prior for the rest', async () => {
    const source = clouds(200, 2);
    const isOfSource = (points: Points) => {
      const known = new Set(Array.from({ length: 200 }, (_, i) => `${source.x[2 * i].toFixed(4)}`));
      // With w = 0 a point is one of the source, encoded and decoded in float32.
      return Array.from({ length: points.count }, (_, i) => known.has(points.x[2 * i].toFixed(4))).filter(Boolean)
        .length;
    };
    const training = selectRows(
      source,
      Array.from({ length: 100 }, (_, i) => i),
    );
    const all = await fit('simulator', training, { source });
    expect(all.values['source.shift']).toBe(0);
    expect(isOfSource(await draw(all.model, [60, 60], false))).toBeGreaterThan(110);
    const half = await fit('simulator', training, { source, own: { 'source.weight': 0.5 } });
    const some = isOfSource(await draw(half.model, [200, 200], false));
    // 400 points by chance, five deviations of 10.
    expect(Math.abs(some - 200)).toBeLessThan(50);
  });

  it('measures exact expectations with the shots of the data, and not what was measured', async () => {
    const shape = { ...unbounded, lower: [-1, -1], upper: [1, 1], shots: 16 };
    const training = onGrid(clouds(100, 1));
    const exact = { ...training, x: training.x.map((x) => x * 0.9) };
    const sampled = async (source: Points) => {
      const { model } = await fit('simulator', training, { source, data: { points: training, shape } });
      return (await draw(model, [100, 100], false)).x;
    };
    const distinct = (values: Float32Array) => new Set([...values].map((value) => Number(value.toFixed(4)) + 0));
    for (const value of await sampled(exact))
      expect(Number.isInteger(Math.round((value + 1) * 8 * 1e4) / 1e4)).toBe(true);
    // Of the domain as measured only its own values come, moved by w times the difference of equal means.
    const own = distinct(training.x);
    expect([...distinct(await sampled(training))].filter((value) => !own.has(value))).toEqual([]);
  });

  it('draws a class from the prior that the domain lacks', async () => {
    const source = { ...clouds(20, 2), y: new Int32Array(20) };
    const { model } = await fit('simulator', clouds(40, 1), { source });
    expect((await draw(model, [5, 7])).count).toBe(12);
  });

  it('needs points of a source domain with the same classes', async () => {
    await expect(fit('simulator', clouds(8, 1))).rejects.toThrow('needs points of a source domain');
    await expect(fit('simulator', clouds(8, 1), { source: { ...clouds(8, 2), classes: 3 } })).rejects.toThrow(
      'source: 3 classes, and the training points have 2',
    );
  });
});

/** Values as estimated from 16 shots. */
function onGrid(points: Points): Points {
  return { ...points, x: points.x.map((value) => Math.round(Math.tanh(value) * 8) / 8) };
}
