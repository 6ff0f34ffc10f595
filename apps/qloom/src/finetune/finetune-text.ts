import type { QuoteResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { ACCURACY_RANGE, DIFFERENCE_RANGE, studentTest } from '@qloom/metrics/statistics/mean-test.ts';
import { accuracyTestSetError, pairedTestSetError } from '@qloom/metrics/statistics/test-set-error.ts';
import { costText, count } from '../experiment/cost-text.ts';
import { formatSeconds, formatSigned } from '../terminal/format.ts';
import type { FinetuneRecord, MeasuredScore } from './finetune-record.ts';

/** An estimate with its 95% interval. */
interface Bounded {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** What a fine-tuning came to. Intervals are of the test points alone: another training would differ by more. */
export interface FinetuneSummary {
  readonly steps: number;
  readonly start: string;
  readonly before: Bounded;
  /** The same as `before` where no step was taken. */
  readonly after: Bounded;
  /** After minus before, paired by test point. */
  readonly gain: Bounded;
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** The parameters after the last step without shots and noise, and the backend's accuracy minus that, paired by test point. */
  readonly simulated?: { readonly accuracy: Bounded; readonly loss: number; readonly difference: Bounded };
  readonly testPoints: number;
  readonly cost: number;
  readonly unit: string;
  readonly shots: number;
  readonly jobs: number;
  /** Shots and executions of the steps alone. */
  readonly stepShots: number;
  readonly stepExecutions: number;
  readonly parameters: readonly number[];
}

/** The summary of a record whose test points were scored before and after `steps` steps. */
export function summarize(record: FinetuneRecord, steps: number, unit: string): FinetuneSummary | undefined {
  const { before, after, state, start, spent } = record;
  const last = steps === 0 ? before : after[steps];
  if (before === undefined || last === undefined) return undefined;
  const total = (of: 'cost' | 'shots' | 'jobs') => Object.values(spent).reduce((sum, run) => sum + run[of], 0);
  return {
    steps,
    start,
    before: accuracyOf(before),
    after: accuracyOf(last),
    gain: differenceOf(last, before),
    lossBefore: before.loss,
    lossAfter: last.loss,
    ...(last.exact
      ? {
          simulated: {
            accuracy: accuracyOf(last.exact),
            loss: last.exact.loss,
            difference: differenceOf(last, last.exact),
          },
        }
      : {}),
    testPoints: last.right.length,
    cost: total('cost'),
    unit,
    shots: total('shots'),
    jobs: total('jobs'),
    stepShots: state.shots,
    stepExecutions: state.executions,
    parameters: state.parameters,
  };
}

/** Share of right answers of one minus that of another, paired by test point. */
function differenceOf(one: Pick<MeasuredScore, 'right'>, other: Pick<MeasuredScore, 'right'>): Bounded {
  const difference = one.right.map((right, i) => Number(right) - Number(other.right[i]));
  return bounded(meanOf(difference), pairedTestSetError([difference]), DIFFERENCE_RANGE, difference.length);
}

function accuracyOf({ right }: Pick<MeasuredScore, 'right'>): Bounded {
  const share = meanOf(right.map(Number));
  return bounded(share, accuracyTestSetError([{ points: right.length, share }]), ACCURACY_RANGE, right.length);
}

function bounded(
  estimate: number,
  error: { readonly centre: number; readonly variance: number; readonly freedom: number },
  range: readonly [number, number],
  draws: number,
): Bounded {
  const { low, high } = studentTest({ draws, estimate, ...error, level: 0.95, range });
  return { estimate, low, high };
}

/** The summary for people. */
export function renderSummary(summary: FinetuneSummary, backend: string): string {
  const { before, after, gain, testPoints, simulated, steps } = summary;
  const share = ({ estimate, low, high }: Bounded) => `${percent(estimate)}% [${percent(low)}, ${percent(high)}]`;
  const change = ({ estimate, low, high }: Bounded) => `${points(estimate)} [${points(low)}, ${points(high)}] points`;
  const first = steps === 0 ? 'measured' : 'before  ';
  return [
    `start     ${summary.start}`,
    `${first}  ${share(before)} of ${testPoints} test points, loss ${summary.lossBefore.toFixed(3)}, measured on ${backend}`,
    ...(steps === 0
      ? []
      : [
          `after     ${share(after)} with ${count(steps, 'step')} on ${backend}, loss ${summary.lossAfter.toFixed(3)}`,
          `change    ${change(gain)}; intervals are 95%, of the test points alone`,
        ]),
    ...(simulated === undefined
      ? []
      : [
          `exact     ${share(simulated.accuracy)} in exact simulation, loss ${simulated.loss.toFixed(3)}; ${backend} is ${change(simulated.difference)} from it`,
        ]),
    `cost      ${costText(summary.cost, summary.unit)}, ${summary.shots} shots in ${count(summary.jobs, 'job')}; steps alone ${summary.stepShots} shots of ${summary.stepExecutions} executions`,
    '',
  ].join('\n');
}

/** What the runs that are left would cost, for people, and together. */
export function renderQuote(
  quotes: readonly { readonly name: string; readonly times: number; readonly quote: QuoteResponse }[],
  backend: string,
): string {
  let [expected, high, seconds, shots] = [0, 0, 0, 0];
  for (const { times, quote } of quotes) {
    expected += times * (quote.cost?.expected ?? 0);
    high += times * (quote.cost?.high ?? 0);
    seconds += times * (quote.seconds?.expected ?? 0);
    shots += times * Number(quote.shots);
  }
  const unit = quotes[0]?.quote.unit ?? 'free';
  const parts = quotes.map(({ name, times, quote }) => {
    const each = times > 1 ? ' each' : '';
    return `  ${times} × ${name.padEnd(8)} ${count(quote.executions, 'execution')}, ${quote.shots} shots in ${count(quote.jobs, 'job')}, ${costText(quote.cost?.expected ?? 0, quote.unit)}${each}`;
  });
  const most = high > expected ? `, at most ${costText(high, unit)}` : '';
  return [
    `quote of ${backend}: ${costText(expected, unit)}${most}, ${shots} shots, ${formatSeconds(seconds)}`,
    ...parts,
    '',
  ].join('\n');
}

const percent = (value: number): string => (100 * value).toFixed(1);
const points = (value: number): string => formatSigned(100 * value, 1);
