import { ArmKind, ArmResult, Score } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { Decision } from '../../../domain/evaluation/choices.ts';
import type { Selection } from '../../../domain/selection/select.ts';
import { verdictOn } from './verdict.ts';

const selection: Selection = { ranked: [], best: null, reliability: null };
const decisions = (...adds: boolean[]) => ({
  selection,
  replicates: adds.map((each) => ({ adds: each, scores: null, dimension: null })),
});
const chosen = decisions(true, true);
const nothing = decisions(false, false);
/** Ten points, of which the classifier has `classifier` right, a flexible one as many, and the QNN `qnn`. */
const measured = (classifier: number, qnn: number): Decision => {
  const right = (count: number) => [Float64Array.from({ length: 10 }, (_, i) => Number(i < count))];
  return {
    adds: classifier > qnn,
    scores: { classifier: right(classifier), flexible: right(classifier), qnn: right(qnn) },
    dimension: { labels: 1.5, prior: 6 },
  };
};

/** An arm with a gain over real data only, in accuracy and in balanced accuracy. */
function armOf(name: string, kind: ArmKind, gain: number[], { pValueHolm = 0.4, draws = 10, balanced = gain } = {}) {
  const comparison = ([estimate, lower, upper, level = 0.95]: number[]) => ({
    difference: { estimate, lower, upper, level },
    pValue: pValueHolm / 2,
    pValueHolm,
  });
  return ArmResult.fromPartial({
    name,
    kind,
    accuracy: { estimate: 0.9 + gain[0] },
    accuracyGain: comparison(gain),
    balancedAccuracyGain: comparison(balanced),
    draws: Array.from({ length: draws }, (_, draw) => ({ draw, accuracy: 0.9 })),
  });
}

const noise = armOf('noise', ArmKind.RIVAL, [0.01, -0.001, 0.02]);
const verdict = (
  gain: number[],
  options: Parameters<typeof armOf>[3] = {},
  baselines = [noise],
  headline: Score = Score.ACCURACY,
) => verdictOn([...baselines, armOf('qloom', ArmKind.QLOOM, gain, options)], chosen, headline);

describe('verdictOn', () => {
  it('claims help and harm only if interval and corrected test agree', () => {
    expect(verdict([0.02, 0.01, 0.03], { pValueHolm: 0.01 })).toMatch(
      /^Qloom's data helped: \+2\.0 points of test accuracy over real data alone \(95% interval \+1\.0 to \+3\.0\)/,
    );
    expect(verdict([-0.02, -0.03, -0.01], { pValueHolm: 0.01 })).toMatch(/^Qloom's data hurt: −2\.0 points/);
  });

  it("says that nothing is known of Qloom's data if its arm diverged", () => {
    const best = { episode: 1, hyperparameters: {}, utility: {} } as unknown as Selection['best'];
    expect(verdictOn([noise], { ...chosen, selection: { ...selection, best } }, Score.ACCURACY)).toBe(
      "Nothing can be said of Qloom's data: qloom diverged, and is left out of the comparison (see the warnings).",
    );
  });

  it('says that a gain is not confirmed if the corrected test does not confirm it', () => {
    expect(verdict([0.004, 0.0001, 0.01], { pValueHolm: 0.596 })).toMatch(
      /^Qloom's data seemed to help, .* \(p = 0\.60 after Holm's correction\): \+0\.4 points/,
    );
  });

  it('says that nothing was shown if the interval contains 0, or is unknown', () => {
    expect(verdict([0.01, -0.01, 0.03])).toMatch(/did not measurably help \(the interval holds 0\)/);
    const unknown = verdict([0.01, 0.01, 0.01, 0]);
    expect(unknown).toMatch(
      /\(the error of the difference is not known\): \+1\.0 points of test accuracy over real data alone\./,
    );
  });

  it.each([2, 4])('claims nothing from %i draws, even with narrow intervals', (draws) => {
    expect(verdict([0.167, 0.16, 0.17], { pValueHolm: 0, draws })).toMatch(
      new RegExp(
        `^Too few draws \\(${draws}\\) to claim anything of Qloom's data; at least 5 are needed: \\+16\\.7 points`,
      ),
    );
    const unselected = [armOf('qloom-unselected', ArmKind.RIVAL, [0.167, 0.16, 0.17], { draws })];
    expect(verdictOn(unselected, nothing, Score.ACCURACY)).toContain(`Too few draws (${draws}) to claim anything`);
  });

  it('compares the best baseline by the gain of the table, in words that agree with the rounded numbers', () => {
    expect(verdict([0.02, 0.01, 0.03])).toContain(
      'The best baseline, noise: +1.0 points over real data alone (95% interval −0.1 to +2.0), a mean 1.0 points below that of Qloom',
    );
    expect(verdict([0.004, -0.01, 0.03])).toContain('a mean 0.6 points above that of Qloom');
    // 0.24 and 0.16 points: both are +0.2 in the table.
    const near = [armOf('noise', ArmKind.RIVAL, [0.0024, -0.001, 0.007])];
    expect(verdict([0.0016, -0.002, 0.004], {}, near)).toContain(
      "noise: +0.2 points over real data alone (95% interval −0.1 to +0.7), the same mean as Qloom's data, to a tenth of a point.",
    );
    // −0.04 points is 0.0 in the table.
    expect(verdict([-0.0004, -0.01, 0.01], {}, [])).toMatch(
      /: 0\.0 points of test accuracy over real data alone \(95% interval −1\.0 to \+1\.0\)\./,
    );
  });

  it('is about balanced accuracy if that is the headline, for baselines too', () => {
    const majority = armOf('duplicate', ArmKind.RIVAL, [0.2, 0.1, 0.3], { balanced: [-0.1, -0.2, -0.05] });
    const text = verdict(
      [-0.1, -0.2, -0.05],
      { balanced: [0.03, 0.01, 0.05], pValueHolm: 0.001 },
      [majority, noise],
      Score.BALANCED_ACCURACY,
    );
    expect(text).toMatch(/^Qloom's data helped: \+3\.0 points of balanced test accuracy over real data alone/);
    expect(text).toContain('The best baseline, noise: +1.0 points');
  });

  it('says that nothing is added if no candidate was certainly better', () => {
    expect(verdictOn([], nothing, Score.ACCURACY)).toBe(
      'Qloom adds nothing: no configuration with synthetic points could be fitted.',
    );
    const unselected = [armOf('qloom-unselected', ArmKind.RIVAL, [0.01, -0.01, 0.03])];
    expect(verdictOn(unselected, nothing, Score.ACCURACY)).toMatch(/all the same: \+1\.0 points .* to \+3\.0\)\.$/);
  });

  it('says on how many replicates the rule added points and what the other ones would have got', () => {
    const arms = [
      armOf('qloom', ArmKind.QLOOM, [0.02, 0.01, 0.03], { pValueHolm: 0.01 }),
      armOf('qloom-unselected', ArmKind.RIVAL, [0.01, -0.01, 0.03]),
    ];
    const some = { selection, replicates: [measured(8, 6), measured(6, 7)] };
    const text = verdictOn(arms, some, Score.ACCURACY);
    expect(text).toContain(
      'Qloom added its points on 1 of 2 replicates (mean cross-validated accuracy: its classifier 70.0%, a flexible one 70.0%, the QNN 65.0%; dimension of the labels 1.5, of its density at least 6.0).',
    );
    expect(text).toContain('Added on all of them: +1.0 points of test accuracy');
  });

  it('says why no replicate got points', () => {
    const unselected = [armOf('qloom-unselected', ArmKind.RIVAL, [0.01, -0.01, 0.03])];
    const none = { selection, replicates: [measured(5, 6), measured(6, 6)] };
    expect(verdictOn(unselected, none, Score.ACCURACY)).toMatch(
      /^Qloom adds nothing: the rule of the choice speaks against them on 2 of 2 replicates \(mean .* 55\.0%, the QNN 60\.0%; dimension of .*\)\. Had its points/,
    );
  });
});
