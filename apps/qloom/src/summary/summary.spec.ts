import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import picocolors from 'picocolors';
import { visibleWidth } from '../terminal/table.ts';
import { makeStudyResult } from '../testing/study-result.ts';
import { makeStudySpans } from '../testing/study-spans.ts';
import { renderSummary } from './summary.ts';

const PLAIN = picocolors.createColors(false);
const options = (columns: number) => ({
  spans: makeStudySpans(8),
  folder: 'qloom-runs/quickstart',
  style: PLAIN,
  columns,
});

describe('the summary', () => {
  const result = makeStudyResult();
  const text = renderSummary(result, options(130));

  it('lists all arms in display order, with intervals and paired gains', () => {
    const rows = text.split('\n').filter((line) => /\[\d/.test(line) && line.startsWith('  '));
    expect(rows.map((row) => row.trim().split(/ {2,}/)[0])).toEqual([
      'real data only',
      '+ noise',
      '+ class Gaussian',
      'Qloom',
      'oracle (true samples)',
      'SVC, real only',
      'neighbours, real only',
      'LDA + MLPs, real only',
    ]);
    const qloom = result.arms.find((arm) => arm.name === 'qloom');
    const { estimate = 0, lower = 0, upper = 0 } = qloom?.accuracyGain?.difference ?? {};
    const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)}`;
    expect(rows[3]).toContain(`${signed(estimate)} [${signed(lower)}, ${signed(upper)}]`);
    expect(rows[0]).not.toMatch(/[+−]\d/);
    const gap = qloom?.gapClosed;
    expect(rows[3]).toContain(`${(100 * (gap?.estimate ?? 0)).toFixed(0)} [${(100 * (gap?.lower ?? 0)).toFixed(0)}, `);
  });

  it('has Fréchet distances with their null, stages, the choice, updates and files', () => {
    expect(text.replace(/\s+/g, ' ')).toContain(
      'Fréchet distance to the test set, 31 points on either side, mean of draws (smaller is nearer): noise 0.160',
    );
    expect(text.replace(/\s+/g, ' ')).toContain('fresh true samples 0.061 [0.045, 0.082]');
    expect(text).toMatch(/evaluate +8 +\d+ ms/);
    expect(text).toContain('The agent chose episode 21: method gan');
    expect(text).toContain('6 policy updates');
    expect(text.replace(/\s+/g, ' ')).toContain('30 rewarded, 2 diverged');
    expect(text).toContain('qloom-runs/quickstart/report.html');
  });

  it('states that nothing was added', () => {
    const nothing = renderSummary(makeStudyResult({ helps: false }), options(130));
    expect(nothing).toContain("Qloom's data did not help");
    expect(nothing).toContain('The agent chose to add nothing');
    expect(nothing).not.toContain('synthetic.csv');
  });

  it('says what was chosen apart from where its points were added', () => {
    const choices = [0, 1].map((draw) => ({ draw, adds: draw === 1 }));
    const chosen = StudyResult.fromPartial({ ...result, choices, ownChoice: { adds: false } });
    const onOne = renderSummary(chosen, options(130)).replace(/\s+/g, ' ');
    expect(onOne).toContain('The agent chose episode 21: ');
    expect(onOne).toContain(
      "Points were added on 1 of 2 replicates. By the same rule its points should not be added to the study's own labels.",
    );
    expect(onOne).not.toContain('chose to add nothing');
    const measured = choices.map((choice, i) => ({ ...choice, dimension: 1 + i, priorDimension: 6 }));
    const withDimensions = renderSummary({ ...chosen, choices: measured }, options(130)).replace(/\s+/g, ' ');
    expect(withDimensions).toContain('replicates; mean dimension of the labels 1.5, of its density at least 6.0. By');
    const none = StudyResult.fromPartial({ ...result, incumbents: [] });
    expect(renderSummary(none, options(130)).replace(/\s+/g, ' ')).toContain(
      'No configuration with synthetic points could be fitted, so nothing was added.',
    );
  });

  it('has the score of the largest class alone, and compares by balanced accuracy where classes are unequal', () => {
    expect(text.replace(/\s+/g, ' ')).toContain(
      'Test points of each class: 334 of "ferromagnetic", 333 of "antiphase", 333 of "paramagnetic". Answering "ferromagnetic" always would ' +
        'score 33.4% accuracy and 33.3% balanced accuracy.',
    );
    const unequal = makeStudyResult({ imbalanced: true });
    const wide = renderSummary(unequal, options(130));
    expect(wide.replace(/\s+/g, ' ')).toContain('would score 95.0% accuracy and 33.3% balanced accuracy.');
    expect(wide).toMatch(/balanced acc\., % +accuracy, % +gain, points +gap closed, % +recall by class, %/);
    const { estimate = 0 } = unequal.arms[3].balancedAccuracyGain?.difference ?? {};
    expect(wide.split('\n').find((line) => line.startsWith('  Qloom '))).toContain(`+${(100 * estimate).toFixed(1)} [`);
  });

  it('shows no p-value of few draws, and no interval where the error is not known', () => {
    const few = makeStudyResult({ draws: 4 });
    const qloom = few.arms[3];
    const level0 = { estimate: 0.12, lower: 0.12, upper: 0.12, level: 0 };
    const arms = few.arms.map((arm) => (arm === qloom ? { ...arm, loss: level0 } : arm));
    const row = renderSummary({ ...few, arms }, options(130))
      .split('\n')
      .find((line) => line.startsWith('  Qloom '));
    expect(row).toMatch(/ 0\.120 /);
    expect(row).toMatch(/–$/);
  });

  it('words the verdict itself where the agent gives none', () => {
    const undecided = makeStudyResult({ helps: false });
    expect(renderSummary({ ...undecided, verdict: '' }, options(100))).toContain('Qloom adds nothing');
    expect(renderSummary({ ...undecided, verdict: '', addsData: true }, options(100)).replace(/\s+/g, ' ')).toContain(
      'did not surely help',
    );
    const helped = { ...makeStudyResult(), verdict: '' };
    expect(renderSummary(helped, options(100))).toContain("Qloom's data helped on test data.");
    const few = { ...makeStudyResult({ draws: 4 }), verdict: '' };
    expect(renderSummary(few, options(100))).toContain('did not surely help');
  });

  it.each([80, 100, 130])('fits a terminal of %d columns', (columns) => {
    const tooLong = renderSummary(result, { ...options(columns), spans: [] })
      .split('\n')
      .filter((line) => visibleWidth(line) > columns);
    expect(tooLong).toEqual([]);
  });
});
