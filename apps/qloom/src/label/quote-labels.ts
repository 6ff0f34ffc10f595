import { nextShots } from '@qloom/acquisition/shots/next-shots.ts';
import type { Campaign } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { Backend, QuoteResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { type ExperimentService, quoteRuns } from '../experiment/experiment-executor.ts';
import { type LabelCircuit, runOf } from './measure-points.ts';

/** A quote of runs that are repeated. */
export interface RepeatedQuote {
  readonly name: string;
  readonly times: number;
  readonly quote: QuoteResponse;
}

/** What the labels that are left would cost. */
export interface LabelQuote {
  readonly labels: number;
  /** Where the first shots decide every point. */
  readonly least: readonly RepeatedQuote[];
  /** Where no point is decided before the most shots. */
  readonly most: readonly RepeatedQuote[];
}

/** Quotes the labels that a campaign has left, `begun` of which are handed out to the backend already. Throws CommandError where the backend refuses the circuit. */
export async function quoteLabels(
  { settings, labelled, pending }: Campaign,
  begun: number,
  measure: LabelCircuit,
  {
    remote,
    backend,
    signal,
  }: { readonly remote: ExperimentService; readonly backend: Backend; readonly signal: AbortSignal },
): Promise<LabelQuote> {
  const { budget = 0, batch = 1 } = settings ?? {};
  const labels = Math.max(0, budget - labelled - pending + begun);
  if (labels === 0) return { labels, least: [], most: [] };
  const { circuit, shots } = measure;
  const runs = stepsOf(measure).flatMap((total, step, steps) => {
    const more = total - (steps[step - 1] ?? 0);
    // Only the sizes of circuits matter to a quote.
    return sizesOf(labels, batch).map(({ points, times }) => {
      const inputs = Array.from({ length: points }, () => new Array<number>(circuit.inputs).fill(0));
      return { run: runOf(measure, inputs, { shots: more, total, seed: 0 }), times };
    });
  });
  const quotes = await quoteRuns(remote, backend.name, runs, signal);
  return { labels, least: quotes.filter(({ name }) => name === `shots-${shots.first}`), most: quotes };
}

/** Shots of a point after each measurement, where none decides it. */
function stepsOf({ shots }: LabelCircuit): number[] {
  const steps: number[] = [];
  let more = nextShots(null, shots);
  while (more > 0) {
    const total = (steps.at(-1) ?? 0) + more;
    steps.push(total);
    more = nextShots({ shots: total, mean: 0, meanSquare: 1, largest: 1 }, shots);
  }
  return steps;
}

/** Batches by their number of points. */
function sizesOf(labels: number, batch: number): { readonly points: number; readonly times: number }[] {
  const whole = { points: batch, times: Math.floor(labels / batch) };
  const rest = { points: labels % batch, times: 1 };
  return [whole, rest].filter(({ points, times }) => points > 0 && times > 0);
}
