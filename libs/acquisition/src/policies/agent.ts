import type { AcquisitionPolicy, RoundEvidence } from './policy.ts';

/**
 * Adds synthetic points while they are worth more than they cost ({@link isWorthAdding}), and then asks for uncertain points; else for
 * points far from all labels. Both were chosen on development draws (ADR 0070): with points that help, `entropy` needs the fewest
 * labels on every task; where they do not, the models are wrong about the places of the classes, and `core-set` asks no model.
 */
export const agent: AcquisitionPolicy = {
  summary:
    'adds synthetic points while they help in cross-validation, and chooses labels by entropy then, else by core-set',
  isCrossValidated: true,
  decide(evidence) {
    const addsPoints = evidence.hasMethod && isWorthAdding(evidence);
    return { addsPoints, acquisition: addsPoints ? 'entropy' : 'core-set' };
  },
};

/**
 * Whether points are worth their price: their gain, the lower end of which is at most one standard error below it, is not surely below 0, it
 * is worth as much as it costs, and by cost it is as much as that of the next labels. Points that cost nothing are added until
 * cross-validation is against them, since most of its error at few labels is chance.
 */
function isWorthAdding({ synthesis, labelGain, prices }: RoundEvidence): boolean {
  if (synthesis === null) return true;
  const gain = synthesis.augmented - synthesis.real;
  if (gain < -synthesis.standardError) return false;
  if (prices === null || prices.synthesis === 0) return true;
  const isWorth = 100 * gain * prices.point >= prices.synthesis;
  const isUnknown = labelGain === Number.POSITIVE_INFINITY;
  return isWorth && (isUnknown || gain * prices.labels >= labelGain * prices.synthesis);
}
