import type { Backend } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { costText, count } from '../experiment/cost-text.ts';
import { formatSeconds } from '../terminal/format.ts';
import type { LabelOutcome } from './label-campaign.ts';
import type { MeasuredPoint } from './measure-points.ts';
import type { LabelQuote, RepeatedQuote } from './quote-labels.ts';

/** What the labels that are left would cost, in two lines. */
export function quoteText(
  { labels, least, most }: LabelQuote,
  backend: string,
  shots: { first: number; most: number },
): string {
  if (labels === 0) return 'no label is left to ask for';
  const total = (quotes: readonly RepeatedQuote[], end: 'expected' | 'high') => {
    let [cost, seconds, taken, jobs] = [0, 0, 0, 0];
    for (const { times, quote } of quotes) {
      cost += times * (quote.cost?.[end] ?? 0);
      seconds += times * (quote.seconds?.expected ?? 0);
      taken += times * Number(quote.shots);
      jobs += times * quote.jobs;
    }
    const unit = quotes[0]?.quote.unit ?? 'free';
    return `${costText(cost, unit)}, ${taken} shots in ${count(jobs, 'job')}, ${formatSeconds(seconds)}`;
  };
  return [
    `quote of ${backend} for ${count(labels, 'label')}:`,
    `  at least  ${total(least, 'expected')}: ${shots.first} shots decide every point`,
    `  at most   ${total(most, 'high')}: every point needs ${shots.most}`,
  ].join('\n');
}

/** Labels that were told, in a line. */
export function toldText(points: readonly MeasuredPoint[], classNames: readonly string[], correction: boolean): string {
  const listed = points.map(({ point, decision, marginError, isDecided }) => {
    const doubt = isDecided ? '' : ', undecided';
    return `${point} ${classNames[decision.label]} (${decision.margin.mean.toFixed(2)} ± ${marginError.toFixed(2)}${doubt})`;
  });
  return `${correction ? 'measured again' : 'told'}: ${listed.join(', ')}`;
}

/** How a labelling ended, for people. */
export function outcomeText(
  { end, told, undecided, remeasured, cost, shots, jobs }: LabelOutcome,
  { price }: Backend,
): string {
  const again = remeasured > 0 ? `, ${remeasured} of them measured again` : '';
  const doubt = undecided > 0 ? `, ${undecided} undecided` : '';
  const ended = end.why === 'budget' ? `the budget of the backend is used: ${end.message}` : end.message;
  return [
    `${count(told, 'label')} told${again}${doubt}; ${costText(cost, price?.unit || 'free')}, ${shots} shots in ${count(jobs, 'job')}`,
    `ended: ${ended}`,
    '',
  ].join('\n');
}
