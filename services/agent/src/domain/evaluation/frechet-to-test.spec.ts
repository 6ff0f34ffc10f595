import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { Selection } from '../selection/select.ts';
import { comparedCount, frechetToTest } from './frechet-to-test.ts';

function cloud(count: number, seed: string): Points {
  const random = createRandom(seed);
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  return { count, features: 2, classes: 2, x: random.normals(2 * count), y };
}

const none: Selection = { ranked: [], best: null, reliability: null };
const best = (synthRatio: number): Selection => {
  const candidate = { episode: 1, hyperparameters: { synthRatio }, utility: {} as never, shrunk: null };
  return { ranked: [candidate], best: candidate, reliability: null };
};
const draw = { labels: cloud(40, 'labels'), test: cloud(500, 'test'), oracle: null };

describe('comparedCount', () => {
  it('is the smallest number of points that an arm adds, at most that of the test set', () => {
    const baselines = new Map([
      ['noise', { method: 'noise', synthRatio: 2.5 }],
      ['kde', null],
    ]);
    expect(comparedCount({ selection: best(0.772), baselines }, draw)).toBe(31);
    expect(comparedCount({ selection: best(4), baselines }, draw)).toBe(100);
    expect(comparedCount({ selection: none, baselines }, draw)).toBe(100);
    expect(comparedCount({ selection: none, baselines: new Map() }, draw)).toBe(320);
    expect(comparedCount({ selection: best(4), baselines }, { ...draw, test: cloud(50, 'test') })).toBe(50);
  });
});

describe('frechetToTest', () => {
  it('does not depend on how many points an arm adds, except for noise', () => {
    const mean = (count: number) => {
      let sum = 0;
      for (let i = 0; i < 200; i++) {
        sum += frechetToTest(draw.test, cloud(count, `synthetic ${i}`), 20, createRandom(i))?.frechet ?? 0;
      }
      return sum / 200;
    };
    const [few, many] = [mean(20), mean(100)];
    // One distance of 20 points deviates by .27, a mean of five by .13: four deviations of a difference of means of 200 are .085.
    expect(Math.abs(few - many)).toBeLessThan(0.085);
    // The mean distance at 100 points is about a fifth of the one at 20, .32.
    const large = frechetToTest(draw.test, cloud(100, 'synthetic 0'), 100, createRandom(0));
    expect(large?.frechet).toBeLessThan(0.6 * few);
  });

  it('is absent with fewer than two points', () => {
    expect(frechetToTest(draw.test, cloud(1, 'one'), 20, createRandom(1))).toBeNull();
    expect(frechetToTest(draw.test, cloud(30, 'x'), 20, createRandom(1))).toMatchObject({ frechetCount: 20 });
  });
});
