import {
  type CircuitTask,
  type Counts,
  type ExperimentServiceService,
  type JobUpdate,
  type QuoteResponse,
  type RunRequest,
  RunSettings,
  type RunSummary,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { must } from '../check.ts';
import { fixedCircuit, PRODUCT } from '../qnn-sim/programs.ts';

/** Client of an experiment service. */
export type Experiments = Remote<typeof ExperimentServiceService>;

/** What a run answered. */
export interface FinishedRun {
  readonly quote: QuoteResponse;
  readonly jobs: readonly JobUpdate[];
  readonly counts: readonly Counts[];
  readonly summary: RunSummary;
}

export const SHOTS = 200;
/** Rows of x0 and x1 of {@link productTask}. */
export const ROWS: readonly (readonly [number, number])[] = [
  [0.3, -0.8],
  [2.1, 0.2],
];
/** zeta and alpha. */
export const ANGLES = [0.7, -0.4] as const;

/** The product state of three qubits in two rows of inputs. */
export function productTask(index: number, changes: Partial<CircuitTask> = {}): CircuitTask {
  return {
    index,
    circuit: PRODUCT,
    inputs: encodeTensor(Float64Array.from(ROWS.flat()), [ROWS.length, 2]),
    parameters: encodeTensor(Float64Array.from(ANGLES)),
    qubits: [2, 0],
    shots: SHOTS,
    ...changes,
  };
}

/** |011⟩ of three qubits: bits 0 and 1 are set. */
export function basisTask(index: number, shots = SHOTS): CircuitTask {
  return { ...fixedCircuit('x q[0]', 'cx q[0], q[1]'), index, qubits: [], shots };
}

/** Circuits of the checks: three executions. */
export const CIRCUITS: readonly CircuitTask[] = [productTask(0), basisTask(1)];
/** Shots of {@link CIRCUITS}. */
export const ALL_SHOTS = 3 * SHOTS;

/** Messages of a run. */
export function runParts(
  settings: Partial<RunSettings>,
  circuits: readonly CircuitTask[] = CIRCUITS,
): NonNullable<RunRequest['part']>[] {
  const value = { ...RunSettings.fromPartial({ seed: 5 }), ...settings };
  return [{ $case: 'settings', value }, ...circuits.map((circuit) => ({ $case: 'circuit' as const, value: circuit }))];
}

/** Runs to the end. Fails unless the quote comes first and once, and the summary last and once. */
export async function runToTheEnd(
  experiments: Experiments,
  settings: Partial<RunSettings>,
  deadlineMs: number,
  circuits: readonly CircuitTask[] = CIRCUITS,
): Promise<FinishedRun> {
  const call = experiments.run({ deadlineMs });
  const sent = call.sendAll(runParts(settings, circuits).map((part) => ({ part }))).then(() => call.closeSend());
  // Where sending fails because the call has ended, the reader below throws the call's status.
  sent.catch(() => undefined);
  const jobs: JobUpdate[] = [];
  const counts: Counts[] = [];
  let quote: QuoteResponse | undefined;
  let summary: RunSummary | undefined;
  for await (const { part } of call) {
    must(part !== undefined, 'a message has no part', 'a quote, a job, counts or the summary');
    must(summary === undefined, `${part.$case} comes after the summary`, 'the summary last');
    must(
      (part.$case === 'quote') === (quote === undefined),
      `${part.$case} comes ${quote === undefined ? 'first' : 'again'}`,
      'the quote first, and once',
    );
    if (part.$case === 'quote') quote = part.value;
    if (part.$case === 'job') jobs.push(part.value);
    if (part.$case === 'counts') counts.push(part.value);
    if (part.$case === 'summary') summary = part.value;
  }
  must(quote !== undefined, 'the stream has no quote', 'the quote first');
  must(summary !== undefined, 'the stream has no summary', 'the summary last');
  return { quote, jobs, counts, summary };
}
