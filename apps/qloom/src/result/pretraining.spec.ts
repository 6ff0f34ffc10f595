import picocolors from 'picocolors';
import { renderReport } from '../report/report.ts';
import { renderSummary } from '../summary/summary.ts';
import { makePretraining, makeStudyResult } from '../testing/study-result.ts';
import { unclosedTags } from '../testing/unclosed-tags.ts';
import { pretrainingVerdict } from './pretraining.ts';

const EXCLUDED = '(the 200 simulated steps of pre-training are not counted)';

describe('the verdict on pre-training', () => {
  it('excludes the simulated steps in the sentence that claims, and claims 10 times only with its lower bound', () => {
    expect(pretrainingVerdict(makePretraining())).toBe(
      `Pre-trained on Qloom's points the QNN needs 16.7 [11.6, 23.4] times fewer steps, at least 10 times, until 94% than with real + noise ${EXCLUDED}.`,
    );
    expect(pretrainingVerdict(makePretraining(9.9))).toBe(
      `Pre-trained on Qloom's points the QNN needs 16.7 [9.9, 23.4] times fewer steps, until 94% than with real + noise ${EXCLUDED}.`,
    );
  });

  it('claims nothing where the interval holds 1, or has too few draws', () => {
    expect(pretrainingVerdict(makePretraining(0.9))).toMatch(
      /^It is not sure that .* 16\.7 \[0\.9, 23\.4\] times as many/,
    );
    const { arms, ...rest } = makePretraining();
    const few = arms.map((arm) => ({ ...arm, ratio: arm.ratio && { ...arm.ratio, level: 0 } }));
    expect(pretrainingVerdict({ ...rest, arms: few })).toMatch(
      /^Too few draws for a claim: real \+ noise takes 16\.7 times/,
    );
  });
});

describe('a study that measures pre-training', () => {
  const result = { ...makeStudyResult(), pretraining: makePretraining() };

  it('shows every arm in the terminal', () => {
    const text = renderSummary(result, { spans: [], folder: 'f', style: picocolors.createColors(false), columns: 120 });
    expect(text).toMatch(/real \+ noise +65\.0 +4160 +0 of 10 +16\.7 \[11\.6, 23\.4\]/);
    expect(text).toMatch(/real data only +120\.0 +7680 +1 of 10 +30\.7 \[19\.2, 43\.0\]/);
    expect(text).toMatch(/pre-trained on Qloom +4\.0 +256 +0 of 10/);
    expect(text).toContain(EXCLUDED);
  });

  it('has a section with a curve for each arm in the report, and none without', () => {
    const input = { spans: [], studyText: '', studyFile: 'a.yaml', versions: {} };
    const html = renderReport({ ...input, result });
    expect(unclosedTags(html)).toEqual([]);
    expect(html.match(/<path d="M[^"]+" class="steps"/g)).toHaveLength(8);
    expect(html).toContain('pre-trained on noise');
    expect(renderReport({ ...input, result: makeStudyResult() })).not.toContain('plot-steps');
  });
});
