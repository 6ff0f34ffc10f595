import { ArmKind, ArmResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { Selection } from '../domain/study/incumbents.ts';
import { verdictOn } from './verdict.ts';

const chosen: Selection = { ranked: [], best: null, addsData: true };

function arms(estimate: number, lower: number, upper: number, pValueHolm: number): ArmResult[] {
  const difference = { estimate, lower, upper, level: 0.95 };
  return [
    ArmResult.fromPartial({ name: 'real-only', kind: ArmKind.REAL_ONLY, accuracy: { estimate: 0.9 } }),
    ArmResult.fromPartial({ name: 'noise', kind: ArmKind.RIVAL, accuracy: { estimate: 0.91 } }),
    ArmResult.fromPartial({
      name: 'qloom',
      kind: ArmKind.QLOOM,
      accuracy: { estimate: 0.9 + estimate },
      accuracyGain: { difference, pValue: pValueHolm / 2, pValueHolm },
    }),
  ];
}

describe('verdictOn', () => {
  it('claims help and harm only where interval and corrected test agree', () => {
    expect(verdictOn(arms(0.02, 0.01, 0.03, 0.01), chosen)).toMatch(/^Qloom's data helped: \+2\.0 points/);
    expect(verdictOn(arms(-0.02, -0.03, -0.01, 0.01), chosen)).toMatch(/^Qloom's data hurt: -2\.0 points/);
  });

  it('says that a gain is not confirmed where the corrected test does not', () => {
    const verdict = verdictOn(arms(0.004, 0.0001, 0.01, 0.596), chosen);
    expect(verdict).toMatch(/^Qloom's data seemed to help, .* \(p = 0\.60 after Holm's correction\): \+0\.4 points/);
  });

  it('says that nothing was shown where the interval holds 0', () => {
    expect(verdictOn(arms(0.01, -0.01, 0.03, 0.4), chosen)).toMatch(/did not measurably help \(the interval holds 0\)/);
  });

  it('names the rival that did as well or better, and the one that did not', () => {
    expect(verdictOn(arms(0.005, -0.01, 0.03, 0.4), chosen)).toContain(
      'The rival noise did as well or better (+0.5 points)',
    );
    expect(verdictOn(arms(0.02, 0.01, 0.03, 0.01), chosen)).toContain('+1.0 points from that of the best rival, noise');
  });

  it('says that nothing is added where nothing was surely better', () => {
    const nothing = { ...chosen, addsData: false };
    expect(verdictOn([], nothing)).toMatch(/^Qloom adds nothing/);
  });
});
