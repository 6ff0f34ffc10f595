import { setTimeout as wait } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import type {
  Budget,
  CircuitTask,
  ExperimentServiceService,
  JobUpdate,
  QuoteResponse,
  RunSummary,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { CircuitSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { DeviceExecutor, DeviceRun, DeviceTask } from '@qloom/qnn/hardware/device.ts';
import type { OutcomeCounts } from '@qloom/quantum/mitigation/readout-correction.ts';
import { writeOpenQasm } from '@qloom/quantum/qasm/write-openqasm.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { isTransient } from '@qloom/service-kit/faults/faults.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { CommandError } from '../command/errors.ts';

/** The experiment service of a command. */
export type ExperimentService = Remote<typeof ExperimentServiceService>;

/** Where runs are executed, and what pays for them. */
export interface ExecutorOptions {
  readonly remote: ExperimentService;
  readonly backend: string;
  readonly study: string;
  /** Begins the names of all runs. */
  readonly prefix: string;
  readonly budget: Budget;
  /** Leaves the runs; what was submitted is still paid for, and found by the same name. */
  readonly signal: AbortSignal;
  readonly onJob: (run: string, job: JobUpdate) => void;
  /** A fault after which the run is asked for again. */
  readonly onFault: (run: string, reason: string) => void;
  readonly onSummary: (run: string, summary: RunSummary) => void;
}

/** What came of one execution. */
export interface ExecutedRow {
  readonly counts: OutcomeCounts;
  /** The backend's identifier of the job. */
  readonly job: string;
  /** Identifier of the calibration that held; empty where the backend has none. */
  readonly calibration: string;
  /** When it was measured, milliseconds since the Unix epoch. */
  readonly timeMs: number;
}

/** Executes a run and resolves to what came of each row of each task. */
export type RunExecutor = (run: DeviceRun) => Promise<readonly (readonly ExecutedRow[])[]>;

/** Thrown where the budget has too little left for a run; nothing of it was submitted, or its jobs failed. */
export class BudgetExhaustedError extends CommandError {
  override readonly name = 'BudgetExhaustedError';
}

/** Time between two tries. Unit: milliseconds. */
const RETRY_MS = 500;

/**
 * Executes runs on the experiment service, each under the name `<prefix>-<name>`. A lost connection is tried again, without limit, since a run of the
 * same name is paid for once. The executor throws BudgetExhaustedError where the budget has too little left, and CommandError where the
 * service refuses a run otherwise, or the run was cancelled.
 */
export function createExperimentExecutor(options: ExecutorOptions): RunExecutor {
  return async (run) => {
    for (;;) {
      try {
        return await runOnce(run, options);
      } catch (error) {
        options.signal.throwIfAborted();
        if (!isTransient(error)) throw explained(error, run.name, options.backend);
        options.onFault(run.name, (error as Error).message);
        await wait(RETRY_MS, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
      }
    }
  };
}

/** The counts alone, for a training. */
export function countsOf(execute: RunExecutor): DeviceExecutor {
  return async (run) => (await execute(run)).map((rows) => rows.map(({ counts }) => counts));
}

async function runOnce(run: DeviceRun, options: ExecutorOptions): Promise<ExecutedRow[][]> {
  const { backend, study, prefix, budget, signal } = options;
  const { circuits, places } = encodeTasks(run.tasks);
  const found = run.tasks.map(({ rows }) => new Array<ExecutedRow | undefined>(rows));
  const jobs = new Map<number, string>();
  const call = options.remote.run({ signal, deadlineMs: Number.POSITIVE_INFINITY });
  const settings = { backend, study, run: `${prefix}-${run.name}`, budget, seed: run.seed };
  const sent = (async () => {
    await call.send({ part: { $case: 'settings', value: settings } });
    await call.sendAll(circuits.map((value) => ({ part: { $case: 'circuit' as const, value } })));
    call.closeSend();
  })();
  // A refusal ends both directions, and is read below.
  sent.catch(() => {});
  let summary: RunSummary | undefined;
  for await (const { part } of call) {
    if (part?.$case === 'job') {
      jobs.set(part.value.job, part.value.id);
      options.onJob(run.name, part.value);
    }
    if (part?.$case === 'counts') {
      const { circuit, row, outcomes, counts, job, calibration, timeMs } = part.value;
      const { task, from } = places[circuit];
      found[task][from + row] = {
        counts: new Map(outcomes.map((outcome, i) => [Number(outcome), counts[i]])),
        ...{ job: jobs.get(job) ?? '', calibration, timeMs: Number(timeMs) },
      };
    }
    if (part?.$case === 'summary') summary = part.value;
  }
  if (summary !== undefined) options.onSummary(run.name, summary);
  return found.map((rows, task) =>
    Array.from(rows, (executed, row) => {
      if (executed !== undefined) return executed;
      const why = summary?.cancelled ? 'was cancelled' : 'ended without all results';
      throw new CommandError(
        `run ${settings.run}: ${why} (task ${task}, row ${row}); give another --name to begin anew`,
      );
    }),
  );
}

/** What runs would cost, one after the other. Throws CommandError where the backend refuses them. */
export async function quoteRuns(
  remote: ExperimentService,
  backend: string,
  runs: readonly { readonly run: Pick<DeviceRun, 'name' | 'tasks'>; readonly times: number }[],
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly times: number; readonly quote: QuoteResponse }[]> {
  const quotes = [];
  for (const { run, times } of runs) {
    try {
      const { circuits } = encodeTasks(run.tasks);
      quotes.push({ name: run.name, times, quote: await remote.quote({ backend, circuits }, { signal }) });
    } catch (error) {
      signal.throwIfAborted();
      throw explained(error, run.name, backend);
    }
  }
  return quotes;
}

/** Size of the numbers of one message. Unit: bytes. */
const MOST_BYTES = 1 << 19;

/** Tasks as messages of at most about {@link MOST_BYTES}, and the task and first row that each is of. */
function encodeTasks(tasks: readonly DeviceTask[]): {
  readonly circuits: CircuitTask[];
  readonly places: { readonly task: number; readonly from: number }[];
} {
  const circuits: CircuitTask[] = [];
  const places: { task: number; from: number }[] = [];
  tasks.forEach(({ circuit, rows, parameters, inputs, qubits, shots }, task) => {
    const [wide, width] = [circuit.parameters.length, circuit.inputs];
    const settings = CircuitSettings.fromPartial({ qasm: writeOpenQasm(circuit) });
    const most = Math.max(1, Math.floor(MOST_BYTES / 8 / Math.max(1, wide + width)));
    for (let from = 0; from < rows; from += most) {
      const count = Math.min(most, rows - from);
      places.push({ task, from });
      circuits.push({
        index: circuits.length,
        circuit: settings,
        inputs: encodeTensor(inputs.slice(from * width, (from + count) * width), [count, width]),
        parameters: encodeTensor(parameters.slice(from * wide, (from + count) * wide), [count, wide]),
        qubits: [...qubits],
        shots,
      });
    }
  });
  return { circuits, places };
}

function explained(error: unknown, run: string, backend: string): unknown {
  if (!isServiceError(error)) return error;
  const { code, details } = error as ServiceError;
  const known: readonly number[] = [status.FAILED_PRECONDITION, status.INVALID_ARGUMENT, status.NOT_FOUND];
  if (!known.includes(code)) return error;
  const isBudget = violationsOf(error).some(({ field }) => field === 'settings.budget');
  const Refusal = isBudget ? BudgetExhaustedError : CommandError;
  return new Refusal(`${run} on ${backend}: ${details}`, { cause: error });
}
