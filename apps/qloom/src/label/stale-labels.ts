import { type CampaignPoint, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { Calibration } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import type { LabelRule } from './label-rule.ts';
import { readoutBias } from './readout-bias.ts';

/** Standard errors of a margin that count as doubt, as for the choice of shots. */
const ERRORS = 2;

/**
 * The labels that `who` told under another calibration than the present one, and whose decision may not survive the change: those with
 * margin < 2·σ + 2·b, where b is the most by which readout errors can shift the margin (`readoutBias`). The two calibrations shift it by at
 * most b each, and the values of the earlier one are not known any more: the present ones stand for both. Labels without a margin are left alone.
 */
export function staleLabels(
  points: readonly CampaignPoint[],
  who: string,
  { id, readoutErrors }: Pick<Calibration, 'id' | 'readoutErrors'>,
  rule: LabelRule,
  classNames: readonly string[],
): CampaignPoint[] {
  return points.filter(({ state, teller, label, provenance }) => {
    if (state !== PointState.LABELLED || teller !== who || provenance?.margin === undefined) return false;
    if (provenance.calibration === '' || provenance.calibration === id) return false;
    const { margin, marginError = 0 } = provenance;
    return (
      margin < ERRORS * marginError + 2 * mostBias(rule, classNames.indexOf(label), classNames.length, readoutErrors)
    );
  });
}

/** The largest bias of the margin before any other class: which came next is not in the provenance. */
function mostBias(rule: LabelRule, label: number, classes: number, readoutErrors: readonly number[]): number {
  const others = Array.from({ length: classes }, (_, k) => k).filter((k) => k !== label);
  return Math.max(...others.map((other) => readoutBias(rule.contrast(label, other), readoutErrors)));
}
