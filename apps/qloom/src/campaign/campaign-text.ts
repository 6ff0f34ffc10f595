import type { Campaign } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const points = (count: number): string => `${count} ${count === 1 ? 'point' : 'points'}`;

/** The state of a campaign in a few lines. */
export function campaignText({
  id,
  settings,
  labelled,
  pending,
  excluded,
  classCounts,
  rounds,
  advice,
}: Campaign): string {
  const classes = (settings?.classNames ?? []).map((name, label) => `${name} ${classCounts[label]}`).join(', ');
  const lines = [
    `${id}: ${labelled} of ${settings?.budget ?? 0} labels told (${classes}), ${points(pending)} handed out${excluded > 0 ? `, ${excluded} excluded` : ''}`,
  ];
  const last = rounds.at(-1);
  if (last !== undefined) {
    const error = percent(last.expectedError);
    const beside = last.synthetic > 0 ? ` and ${points(last.synthetic)} of ${settings?.synthesis}` : '';
    lines.push(`with ${last.labels} labels${beside} the committee expects to be wrong on ${error} of the pool`);
    const gain = last.synthesisGain;
    if (gain !== undefined) {
      const [real, augmented, deviation] = [gain.real, gain.augmented, gain.standardError].map(percent);
      const doing = last.synthetic > 0 ? 'added' : 'left out';
      lines.push(
        `in cross-validation inside the labels, points of ${settings?.synthesis} change the accuracy from ${real} to ${augmented} (standard error ${deviation}): they are ${doing}, and labels are chosen by ${last.acquisition}`,
      );
    }
    if (last.refusal !== '') lines.push(`the generator gives no points of ${settings?.synthesis}: ${last.refusal}`);
  }
  if (advice?.expectedGain !== undefined) {
    const gain = advice.expectedGain.toFixed(2);
    const worth = advice.stop
      ? 'more labels are not worth their price: stop here'
      : 'more labels are worth their price';
    lines.push(`the next batch is expected to gain ${gain} points for ${advice.price}: ${worth}`);
  }
  return `${lines.join('\n')}\n`;
}
