import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { holmAdjust } from '@qloom/metrics/statistics/holm.ts';
import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { type CellSpec, makeComparedCell, makeComparedCells } from '../../testing/compared-cells.ts';
import type { ComparedCell, ComparedCells } from '../compared-cells.ts';
import { compareCells } from './compare-cells.ts';
import { qloomOf } from './headline-sentences.ts';

const HELPS: CellSpec = {
  group: 'hidden-manifold',
  labels: 20,
  draws: 10,
  testCount: 400,
  realOnly: 0.64,
  gains: { noise: 0.03, gaussian: 0.05, qloom: 0.12, oracle: 0.18, svc: 0.05 },
};
const NOTHING: CellSpec = {
  ...HELPS,
  labels: 320,
  realOnly: 0.87,
  gains: { noise: -0.01, gaussian: -0.01, qloom: 0, oracle: 0.002, svc: 0 },
  adds: 0,
};

const compare = (...cells: ComparedCell[]): ComparedCells => ({ name: 'compare', seed: 1, cells });
const changed = (spec: CellSpec, change: (result: StudyResult) => Partial<StudyResult>): ComparedCell => {
  const cell = makeComparedCell(spec);
  const result = cell.result as StudyResult;
  return { ...cell, result: { ...result, ...change(result) } };
};

describe('compareCells', () => {
  const result = compareCells(compare(makeComparedCell(HELPS), makeComparedCell(NOTHING)));
  const [helps, nothing] = result.cells.map(({ finished }) => finished);

  it('corrects all claims of all cells together', () => {
    const pairs = [helps, nothing].flatMap((cell) => [
      ...(cell?.arms.flatMap(({ gain }) => (gain === undefined ? [] : [gain])) ?? []),
      ...(cell?.aboveBaselines === undefined ? [] : [cell.aboveBaselines]),
    ]);
    expect(result.claims).toBe(2 * 6);
    expect(pairs.map(({ pValueHolm }) => pValueHolm)).toEqual(holmAdjust(pairs.map(({ pValue }) => pValue)));
  });

  it('claims help where points help, and none where nothing is added', () => {
    expect(helps && qloomOf(helps)?.gain?.claim).toBe('higher');
    expect(helps?.aboveBaselines).toMatchObject({ baseline: 'gaussian', claim: 'higher' });
    expect(nothing && qloomOf(nothing)?.gain).toMatchObject({ difference: { estimate: 0 }, claim: 'undecided' });
    expect(nothing?.choice).toMatchObject({ added: 0, draws: 10, isPerDraw: true, origin: 'default' });
    expect(helps?.choice).toMatchObject({ added: 10, ratio: 8 });
    expect(result.headline[0]).toMatch(
      /^Qloom's points helped the QNN in 1 of 2 cells, after Holm's correction over 12 claims: hidden-manifold-n20 by 1\d\.\d\.$/,
    );
  });

  it('is not worse where nothing is added on enough test points, and says so of too few', () => {
    expect(nothing?.notWorse).toMatchObject({ estimate: 0, holds: true, margin: 0.01 });
    const [few] = compareCells(compare(makeComparedCell({ ...NOTHING, testCount: 60 }))).cells;
    expect(few.finished?.notWorse?.holds).toBe(false);
  });

  it('closes a share of the gap that is the ratio of mean gains, and none where true samples gain nothing', () => {
    const qloom = helps && qloomOf(helps);
    const oracle = helps?.arms.find(({ name }) => name === 'oracle');
    expect(qloom?.gapClosed?.estimate).toBeCloseTo(meanOf(qloom?.gains ?? []) / meanOf(oracle?.gains ?? []), 12);
    expect(qloom?.gapClosed?.low).toBeGreaterThan(0.3);
    expect(nothing && qloomOf(nothing)?.noGap).toMatch(/no .*gap to close/);
    const without = compareCells(compare(makeComparedCell({ ...HELPS, gains: { qloom: 0.1 } }))).cells[0].finished;
    expect(without && qloomOf(without)?.noGap).toBe('no oracle: true samples are known of tasks only');
    expect(without?.bestBaseline).toBeUndefined();
    expect(without?.aboveBaselines).toBeUndefined();
  });

  it('has wider intervals where it does not know which points arms were right on', () => {
    const blind = changed(HELPS, ({ arms }) => ({ arms: arms.map((arm) => ({ ...arm, rightShares: undefined })) }));
    const above = compareCells(compare(blind)).cells[0].finished?.aboveBaselines?.difference;
    const known = helps?.aboveBaselines?.difference;
    expect((above?.high ?? 0) - (above?.low ?? 0)).toBeGreaterThan((known?.high ?? 1) - (known?.low ?? 0));
  });

  it('claims nothing from fewer than five draws', () => {
    const few = compareCells(compare(makeComparedCell({ ...HELPS, draws: 4 })));
    const cell = few.cells[0].finished;
    expect(cell && qloomOf(cell)?.gain?.claim).toBe('too-few-draws');
    expect(cell && qloomOf(cell)?.gapClosed?.level).toBe(0);
    expect(cell?.notWorse?.holds).toBe(false);
    expect(few.headline[0]).toBe('Nothing is claimed: every cell has fewer than 5 draws.');
    const one = compareCells(compare(makeComparedCell({ ...HELPS, draws: 1 })));
    expect(one.overall?.interquartileMean.level).toBe(0);
  });

  it('counts the seeds of a place in which points help', () => {
    const seeds = [1, 2, 3].map((seed) =>
      makeComparedCell({ ...(seed === 3 ? { ...NOTHING, labels: 20 } : HELPS), seed }),
    );
    const { headline } = compareCells(compare(...seeds));
    expect(headline[0]).toMatch(/: hidden-manifold-n20 in 2 of 3 seeds, by \d\.\d in their mean\.$/);
    expect(headline.join(' ')).toMatch(/closes \d\d% on hidden-manifold-n20 \(mean of 2 seeds, the lowest \d\d%\)/);
  });

  it('says how many draws a claim takes among so many', () => {
    // Two arms against real data only and one against the baseline: 2^(1 − n)·3 < .05 from n = 7 on.
    const spec = { ...HELPS, gains: { noise: 0.03, qloom: 0.2 } };
    const [six, seven] = [6, 7].map((draws) => compareCells(compare(makeComparedCell({ ...spec, draws }))));
    expect(six.headline).toContain(
      '1 of 1 cell has too few draws for a claim that survives this correction: over 3 claims it takes at least 7 draws.',
    );
    expect(seven.headline.join(' ')).not.toContain('too few draws');
    expect(seven.cells[0].finished?.aboveBaselines?.claim).toBe('higher');
  });

  it('treats splits of one file by Nadeau and Bengio', () => {
    const splits = changed(HELPS, ({ settings, arms }) => ({
      settings: settings && {
        ...settings,
        data: settings.data && {
          ...settings.data,
          source: { $case: 'dataset', value: { sha256: '', sizeBytes: 0, mediaType: '' } },
        },
      },
      arms: arms.filter(({ name }) => name !== 'oracle'),
    }));
    const cell = compareCells(compare(splits)).cells[0].finished;
    expect(cell?.drawsAre).toBe('splits');
    const [wide, narrow] = [cell?.aboveBaselines?.difference, helps?.aboveBaselines?.difference];
    expect((wide?.high ?? 0) - (wide?.low ?? 0)).toBeGreaterThan((narrow?.high ?? 1) - (narrow?.low ?? 0));
  });

  it('keeps cells without a result, and is a pure function', () => {
    const failed: ComparedCell = {
      ...makeComparedCell(NOTHING),
      state: 'failed',
      message: 'diverged',
      result: undefined,
    };
    const cells = compare(makeComparedCell(HELPS), failed);
    const part = compareCells(cells);
    expect(part.cells[1]).toMatchObject({ state: 'failed', message: 'diverged', labels: 320, finished: undefined });
    expect(part.headline[part.headline.length - 1]).toBe('1 of 2 cells has no result, and is not in this comparison.');
    expect(compareCells(cells)).toEqual(part);
    expect(compareCells(compare(failed)).headline).toEqual(['No cell has a result yet.']);
    expect(compareCells(compare()).claims).toBe(0);
    expect(JSON.parse(JSON.stringify(part))).toEqual(JSON.parse(JSON.stringify(compareCells(cells))));
  });
});

describe('hyperparameters against gain', () => {
  /** Studies of one place whose configuration differs, with a gain that follows the ratio or not. */
  const studies = (gainOf: (ratio: number, i: number) => number) =>
    compare(
      ...Array.from({ length: 12 }, (_, i) => {
        const ratio = 0.25 * 1.4 ** ((i * 5) % 12);
        return makeComparedCell({
          ...HELPS,
          seed: i + 1,
          draws: 6,
          gains: { qloom: gainOf(ratio, i), oracle: 0.18 },
          configuration: { synthRatio: ratio, 'gate.posterior': 0.3 + 0.04 * ((7 * i * i + 3 * i) % 11) },
        });
      }),
    );

  it('finds the hyperparameter that matters, on test gain', () => {
    const { regressions } = compareCells(studies((ratio) => 0.04 * Math.log2(4 * ratio)));
    expect(regressions).toHaveLength(1);
    expect(regressions[0]).toMatchObject({ outcome: 'gain', count: 12 });
    expect(regressions[0].rSquared).toBeGreaterThan(0.8);
    expect(regressions[0].sentence).toMatch(/that is no chance \(p < 0\.001\).*synthRatio \(more is better\)/);
    expect(regressions[0].importance[0].name).toBe('synthRatio');
  });

  it('says that none matters where R² is that of chance', () => {
    const { regressions } = compareCells(studies((_, i) => 0.06 + 0.02 * Math.sin(9.7 * i)));
    expect(regressions[0].sentence).toMatch(
      /^Hyperparameters explain \d+% of the variance of the gain on test data .*as many would explain \d+% of noise: none matters here \(p = /,
    );
  });

  it('says why it cannot regress: one configuration, or too few', () => {
    expect(compareCells(makeComparedCells()).noGainRegression).toMatch(/^all studies have one configuration/);
    const few = studies((ratio) => ratio / 100);
    expect(compareCells({ ...few, cells: few.cells.slice(0, 3) }).noGainRegression).toBe(
      '3 configurations are too few for 2 hyperparameters that vary; 5 are needed.',
    );
  });

  it('regresses utility on the episodes of a search', () => {
    const { regressions } = compareCells(compare(makeComparedCell({ ...HELPS, episodes: 40 })));
    expect(regressions[0]).toMatchObject({ outcome: 'utility', of: 'hidden-manifold-n20' });
    expect(regressions[0].count).toBeGreaterThan(30);
  });
});
