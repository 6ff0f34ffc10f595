import type { Counts, QuoteResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { JobResults, RunPlan, StoredRun } from '@qloom/contracts/gen/qloom/experiment/v1/journal.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Execution, JobResult } from '../domain/backend/backend.ts';
import type { RunAccepted } from '../domain/ledger/event.ts';
import { decodeCircuitTasks, type PlacedExecution } from './circuit-tasks.ts';

/** The part of the artifact store that runs need. */
export type RunArtifacts = Pick<ArtifactStore, 'put' | 'get'>;

/** The executions of each planned job of a run. */
export interface RunContent {
  readonly seed: number;
  readonly planned: readonly (readonly PlacedExecution[])[];
}

/** The bytes that identify what a run was asked for; the order in which a caller names options changes nothing. */
export function encodeStoredRun({ circuits, ...rest }: StoredRun): Uint8Array {
  const sorted = (options: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
  const ordered = circuits.map(({ circuit, ...task }) => ({
    ...task,
    circuit: circuit && {
      ...circuit,
      encodingOptions: sorted(circuit.encodingOptions),
      ansatzOptions: sorted(circuit.ansatzOptions),
    },
  }));
  return StoredRun.encode({ ...rest, circuits: ordered }).finish();
}

/** The bytes of a plan: indices of executions by planned job, and the quote that was given for it. */
export function encodePlan(plan: readonly (readonly number[])[], quote: QuoteResponse): Uint8Array {
  return RunPlan.encode({ jobs: plan.map((executions) => ({ executions: [...executions] })), quote }).finish();
}

/** The quote of a run when it was accepted. Rejects with the errors of the store. */
export async function loadQuote({ plan }: RunAccepted, artifacts: RunArtifacts): Promise<QuoteResponse> {
  const { quote } = RunPlan.decode(await artifacts.get(plan));
  if (quote === undefined) throw new DomainError('data-loss', `artifact ${plan}: holds no plan with a quote`);
  return quote;
}

/** The counts of a job. Rejects with the errors of the store. */
export async function loadResults(hash: string, artifacts: RunArtifacts): Promise<readonly Counts[]> {
  return JobResults.decode(await artifacts.get(hash)).counts;
}

/** Puts executions into the planned jobs. */
export function planExecutions(
  executions: readonly PlacedExecution[],
  plan: readonly (readonly number[])[],
): PlacedExecution[][] {
  return plan.map((indices) => indices.map((index) => executions[index]));
}

/** Reads the content of a run that was accepted. Rejects with the errors of the store. */
export async function loadRun(
  { request, plan }: RunAccepted,
  artifacts: RunArtifacts,
  signal: AbortSignal,
): Promise<RunContent> {
  const { circuits, seed } = StoredRun.decode(await artifacts.get(request));
  const { jobs } = RunPlan.decode(await artifacts.get(plan));
  const executions = await decodeCircuitTasks(circuits, signal);
  return {
    seed,
    planned: planExecutions(
      executions,
      jobs.map((job) => job.executions),
    ),
  };
}

/** The bytes of the results of a job. Throws Error where the counts do not fit the executions. */
export function encodeResults(index: number, executions: readonly PlacedExecution[], result: JobResult): Uint8Array {
  if (result.counts.length !== executions.length) {
    throw new Error(
      `job ${index}: has counts of ${result.counts.length} executions; ${executions.length} were submitted`,
    );
  }
  const counts = executions.map(({ circuit, row, execution }, i) => {
    const sorted = [...result.counts[i]].sort(([a], [b]) => a - b);
    requireShots(index, execution, sorted);
    return {
      circuit,
      row,
      outcomes: sorted.map(([outcome]) => BigInt(outcome)),
      counts: sorted.map(([, count]) => count),
      job: index,
      calibration: result.calibration,
      timeMs: BigInt(Math.round(result.timeMs)),
    };
  });
  return JobResults.encode({ counts }).finish();
}

function requireShots(index: number, { shots }: Execution, counts: readonly (readonly [number, number])[]): void {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total !== shots) throw new Error(`job ${index}: has ${total} counts of an execution with ${shots} shots`);
}
