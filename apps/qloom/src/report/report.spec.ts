import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { writeCsv } from '@qloom/datasets/csv/write-csv.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import fc from 'fast-check';
import { readLabelledRows } from '../data/labelled-rows.ts';
import { cardToJson, cardToMarkdown } from '../result/card.ts';
import { headlineOf } from '../result/headline.ts';
import { makeStudyResult } from '../testing/study-result.ts';
import { makeStudySpans } from '../testing/study-spans.ts';
import { unclosedTags } from '../testing/unclosed-tags.ts';
import { pairedGains, swarm } from './plots/plot-draws.ts';
import { extent, linearScale, logScale, tickText } from './plots/scale.ts';
import { renderReport } from './report.ts';

const task = createNamedTask('annni');
const rows = readLabelledRows(
  writeCsv(task.draw({ count: 12, seed: 1 }), task.descriptor),
  task.descriptor.featureNames,
);
const rest = { studyText: 'name: <toy>\n', studyFile: 'toy.yaml', versions: { qloom: '0.1.0' } };

describe('the report', () => {
  const html = renderReport({
    result: makeStudyResult(),
    spans: makeStudySpans(32),
    real: rows,
    synthetic: rows,
    ...rest,
  });

  it('is one file that loads and runs nothing', () => {
    expect(html).not.toMatch(/<(script|link|img|iframe|object|embed)\b/);
    expect(html).not.toMatch(/https?:|url\(|@import/);
    expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
  });

  it('has the warnings about the data, and so does the card', () => {
    const warning = "column 1 ('<b>') has no name";
    const result = { ...makeStudyResult(), warnings: [warning] };
    const said = renderReport({ result, spans: [], real: rows, synthetic: rows, ...rest });
    expect(said).toContain("column 1 ('&lt;b&gt;') has no name");
    const source = { version: '1', command: 'qloom run x' };
    expect(cardToMarkdown(result, source)).toContain(`## Warnings\n\n- ${warning}\n`);
    expect(cardToJson(result, source)).toMatchObject({ warnings: [warning] });
  });

  it('draws features that are far from 0 for their range from a round number, so that ticks differ', () => {
    const times = rows.x.map(([, ...others], i) => [1_700_000_000 + 30 * i, ...others]);
    const far = { ...rows, x: times };
    const drawn = renderReport({ result: makeStudyResult(), spans: [], real: far, synthetic: far, ...rest });
    expect(drawn).toContain('>Z3 − 1700000000<');
    expect(drawn).toContain('>200<');
    expect(drawn).not.toMatch(/NaN|1\.7·10/);
  });

  it('is well formed, and no figure is NaN', () => {
    expect(unclosedTags(html)).toEqual([]);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('gives every drawing a title and a description of its own', () => {
    const drawings = html.match(/<svg\b/g) ?? [];
    const ids = [...html.matchAll(/aria-labelledby="(\S+)-title \1-desc"/g)].map((match) => match[1]);
    expect(drawings.length).toBeGreaterThan(12);
    expect(new Set(ids).size).toBe(drawings.length);
    for (const id of ids)
      expect(html).toMatch(new RegExp(`<title id="${id}-title">[^<]+</title><desc id="${id}-desc">[^<]+</desc>`));
  });

  it('has AUC, log loss and the share of the gap that is closed in the table of arms', () => {
    const table = html.slice(html.indexOf('All figures'));
    for (const title of ['gap closed, %', 'AUC', 'log loss']) expect(table).toContain(`>${title}<`);
    expect(html.replace(/\s+/g, ' ')).toContain('The oracle adds 8 true samples for each label');
    const { auc, gapClosed } = makeStudyResult().arms[1];
    expect(table).toContain((auc?.estimate ?? 0).toFixed(3));
    expect(table).toContain(`>${(100 * (gapClosed?.estimate ?? 0)).toFixed(0)}<`);
  });

  it('draws every draw of every compared arm, every episode and every failure', () => {
    expect(html.match(/class="draw"/g)).toHaveLength(7 * 10);
    expect(html.match(/<title>episode \d+/g)).toHaveLength(30);
    expect(html.match(/class="failed"/g)).toHaveLength(2 + 1);
  });

  it('has the methods that the portfolio chose among, with their utilities before and after shrinkage', () => {
    const utility = { estimate: 0.25, lower: 0.03, upper: 0.5, level: 0.95 };
    const candidate = { arm: '<mine>', utility, shrunkUtility: -0.125, chosen: true, hyperparameters: [] };
    const portfolio = { arm: '<mine>', reason: 'It is.', candidates: [candidate], choices: [] };
    const result = StudyResult.fromPartial({ ...makeStudyResult(), portfolio });
    const written = renderReport({ result, spans: [], real: rows, synthetic: rows, ...rest });
    expect(unclosedTags(written)).toEqual([]);
    const cells = '<th scope="row">&lt;mine&gt;</th><td class="n">\\+0\\.250.*\\+0\\.030, \\+0\\.500.*−0\\.125.*taken';
    expect(written).toMatch(new RegExp(cells));
    expect(html).not.toContain('methods of the portfolio');
  });

  it('has the scores of each arm by class, and that of the largest class alone', () => {
    expect(html).toContain(
      'Answering &quot;ferromagnetic&quot; always would score 33.4% accuracy and 33.3% balanced accuracy.',
    );
    expect(html).toContain('98.0, 93.0, 81.0');
    const unequal = renderReport({ result: makeStudyResult({ imbalanced: true }), spans: [], ...rest });
    expect(unequal).toContain('gains, p-values and the verdict are of balanced accuracy');
    expect(unequal).toContain('balanced gain, points');
    expect(unequal).toContain('balanced accuracy over real data only, points, the same draw');
  });

  it('states that a few draws show nothing, and draws an estimate without an interval as one', () => {
    const few = makeStudyResult({ draws: 3 });
    const unknown = (arm: (typeof few.arms)[number]) => ({
      ...arm,
      loss: arm.loss && { ...arm.loss, lower: arm.loss.estimate, upper: arm.loss.estimate, level: 0 },
    });
    const page = renderReport({ result: { ...few, arms: few.arms.map(unknown) }, spans: [], ...rest });
    expect(page).toContain('fewer than 5 draws show none at all');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('escapes external text', () => {
    const result = makeStudyResult();
    const evil = renderReport({ result: { ...result, verdict: '<script>alert(1)</script>' }, spans: [], ...rest });
    expect(evil).toContain('&lt;script&gt;alert(1)');
    expect(evil).toContain('name: &lt;toy&gt;');
    expect(unclosedTags(evil)).toEqual([]);
  });

  it('is made where nothing was added, and where no episode ran', () => {
    const nothing = renderReport({ result: makeStudyResult({ helps: false }), spans: [], ...rest });
    expect(nothing).toContain('None was kept: no configuration with synthetic points was chosen.');
    const empty = {
      ...makeStudyResult({ helps: false }),
      arms: [],
      episodes: [],
      effects: [],
      incumbents: [],
      frechetNull: undefined,
    };
    expect(unclosedTags(renderReport({ result: empty, spans: [], ...rest }))).toEqual([]);
  });
});

describe('parts of plots', () => {
  it('pairs draws by their number, not by their place', () => {
    const result = makeStudyResult();
    const [realOnly, noise] = result.arms;
    const shuffled = { ...noise, draws: [...noise.draws].reverse() };
    const headline = headlineOf(result);
    expect(pairedGains(shuffled, realOnly, headline)).toEqual(pairedGains(noise, realOnly, headline).reverse());
  });

  it('keeps dots of a swarm apart where there is room', () => {
    expect(swarm([10, 10, 40])).toEqual([0, 6, 0]);
  });

  it('has ticks inside the domain, at equal steps of 1, 2 or 5', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
        (low, span) => {
          const { ticks } = linearScale([low, low + span], [0, 100]);
          const steps = ticks.slice(1).map((tick, i) => tick - ticks[i]);
          // Ticks up to 2e4 are right to 2e4·u = 2e-12, spans are 1e-3 and more, steps a twentieth of it: 1e-6 of a span is far above.
          expect(ticks.every((tick) => tick >= low - span * 1e-6 && tick <= low + span * (1 + 1e-6))).toBe(true);
          const mantissas = steps.map((step) =>
            Number((step / 10 ** Math.floor(Math.log10(step) + 1e-9)).toPrecision(3)),
          );
          expect(mantissas.every((mantissa) => [1, 2, 5].includes(mantissa))).toBe(true);
        },
      ),
    );
  });

  it.each([
    [-1.7e308, 1.7e308],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
    [1e308, 1.2e308],
    [5e-324, 1e-320],
  ])('has finite positions and ticks from %p to %p, at the ends of float64', (low, high) => {
    for (const nice of [false, true]) {
      const scale = linearScale(extent([low, high]), [0, 100], { nice });
      const [from, to] = [scale(low), scale(high)];
      expect(0 <= from && from < to && to <= 100).toBe(true);
      expect(scale.ticks.length).toBeGreaterThan(1);
      expect([...scale.domain, ...scale.ticks].every(Number.isFinite)).toBe(true);
    }
  });

  it('maps logarithms to equal distances', () => {
    const scale = logScale([1e-3, 1], [0, 300]);
    expect([1e-3, 1e-2, 0.1, 1].map((value) => Math.round(scale(value)))).toEqual([0, 100, 200, 300]);
    expect(scale.ticks.map(tickText)).toEqual(['0.001', '0.01', '0.1', '1']);
  });
});
