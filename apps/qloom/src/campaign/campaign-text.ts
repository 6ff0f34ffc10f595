import type { Campaign } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';

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
    const error = (100 * last.expectedError).toFixed(1);
    const beside = last.synthetic > 0 ? ` and ${points(last.synthetic)} of ${settings?.synthesis}` : '';
    lines.push(`with ${last.labels} labels${beside} the committee expects to be wrong on ${error}% of the pool`);
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
