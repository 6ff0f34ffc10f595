import { createRandom, type Random } from '@qloom/random/random.ts';
import { createSpace } from '@qloom/study/space/space.ts';
import { learnedConfiguration, withLearnedDefault } from './learned-defaults.ts';
import { reliabilityOf, shrink } from './reliability.ts';
import { type Rechecked, select, selectByLowerBound } from './select.ts';

const candidate = (episode: number | null, value: number, standardError = 0.1): Rechecked => ({
  episode,
  hyperparameters: {},
  utility: {
    value,
    standardError,
    interval: [value - 2 * standardError, value + 2 * standardError],
    lossRealOnly: 1,
    lossAugmented: 1 - value,
  },
});

/** The default and three episodes of the given true utilities, measured with a standard error of .2. */
const measured = (truth: readonly number[], random: Random) =>
  truth.map((value, i) => candidate(i === 0 ? null : i, value + 0.2 * random.normal(), 0.2));

/** Share of 2000 simulated studies that select candidate `index`. */
function shareSelected(truth: readonly number[], index: number | null): number {
  const random = createRandom('select');
  let selected = 0;
  for (let study = 0; study < 2000; study++) {
    if (select(measured(truth, random.fork(study))).best?.episode === index) selected++;
  }
  return selected / 2000;
}

describe('select', () => {
  it('takes the default nearly always where the utilities do not differ', () => {
    // The bound of the reliability is above 0 in 5% of the cases; within four standard errors, .005, of that.
    expect(shareSelected([0, 0, 0, 0], null)).toBeGreaterThan(0.95 - 0.02);
  });

  it('finds the best where the true spread is well above the error', () => {
    // Gaps of .8 are 2.8 standard errors of a difference; the spread has s²/σ² of about 14, where the bound is certain.
    expect(shareSelected([0, -0.8, 0.8, -0.4], 2)).toBeGreaterThan(0.97);
  });

  it('keeps the order of the utilities, shrunk towards the default', () => {
    const { ranked, reliability } = select([
      candidate(null, 0.1, 0.01),
      candidate(3, 0.5, 0.01),
      candidate(1, -0.3, 0.01),
    ]);
    expect(ranked.map(({ episode }) => episode)).toEqual([3, null, 1]);
    expect(reliability).toBeGreaterThan(0.99);
    expect(ranked[0].shrunk).toBeCloseTo(0.1 + 0.4 * (reliability ?? 0), 12);
    expect(ranked[1].shrunk).toBeCloseTo(0.1, 12);
  });

  it('takes the only candidate, the first of equal ones without a default, and null of none', () => {
    expect(select([candidate(null, -0.4)])).toMatchObject({ best: { episode: null, shrunk: -0.4 }, reliability: null });
    expect(select([candidate(9, 0.1), candidate(2, 0.11)]).best?.episode).toBe(9);
    expect(select([])).toEqual({ ranked: [], best: null, reliability: null });
  });
});

describe('reliabilityOf', () => {
  it('is 0 where the spread is that of the errors, and near 1 far above it', () => {
    const of = (values: number[], standardError: number) =>
      reliabilityOf(values.map((value) => ({ value, standardError })));
    expect(of([0.1, 0.3, 0.2], 0.2)).toBe(0);
    expect(of([0.2, 0.2], 0.2)).toBe(0);
    // s² = .5, σ² = .0001: 1 − 3.841459·.0001/.5 (numpy).
    expect(of([0, 1], 0.01)).toBeCloseTo(1 - (3.841459 * 0.0001) / 0.5, 12);
    expect(of([0.2], 0.2)).toBeNull();
  });

  it('shrinks to the anchor at 0 and not at all at 1', () => {
    expect([shrink(3, 1, 0), shrink(3, 1, 1), shrink(3, 1, 0.5)]).toEqual([1, 3, 2]);
  });
});

describe('selectByLowerBound', () => {
  it('takes the more certain of two candidates, although the other was measured higher', () => {
    const ranked = selectByLowerBound([candidate(20, 0.38, 0.2), candidate(5, 0.2, 0.05)]).ranked;
    expect(ranked.map(({ episode }) => episode)).toEqual([5, 20]);
  });
});

describe('learned defaults', () => {
  const ratio = {
    name: 'synthRatio',
    kind: 'float',
    min: 0.25,
    max: 8,
    scale: 'log',
    zeroAllowed: true,
    default: 1,
  } as const;

  it.each([
    [20, 8],
    [80, 8],
    [320, 1],
    [1000, 0.25], // 8·.08^1.5 = .181 is below the range
  ])('the ratio for %i labels is %d', (labels, expected) => {
    expect(withLearnedDefault(ratio, labels).default).toBeCloseTo(expected, 12);
  });

  it('respect the restrictions of a study, and leave other hyperparameters alone', () => {
    const steps = { name: 'gan.steps', kind: 'int', min: 200, max: 4000, scale: 'log', default: 1500 } as const;
    expect(learnedConfiguration(createSpace([ratio, steps]), 160)).toEqual({
      synthRatio: 8 * 0.5 ** 1.5,
      'gan.steps': 1500,
    });
    expect(learnedConfiguration(createSpace([{ ...ratio, max: 4 }, steps]), 20)?.synthRatio).toBe(4);
    expect(withLearnedDefault({ ...ratio, min: 2, max: 2, default: 2 }, 20).default).toBe(2);
  });

  it('are no candidate where a study adds no points', () => {
    const pinned = { ...ratio, scale: 'linear', min: 0, max: 0, default: 0 } as const;
    expect(learnedConfiguration(createSpace([pinned]), 20)).toBeNull();
  });
});
