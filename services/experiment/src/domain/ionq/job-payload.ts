import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Execution, Job } from '../backend/backend.ts';
import type { QisCircuit, QisGate } from './qis-circuit.ts';

/** Key of a job's metadata that has its token, by which it is found again: the API has no client tokens. */
export const TOKEN_KEY = 'qloom-token';

/** Name of the circuit of an execution. */
export const circuitName = (index: number): string => `execution-${index}`;

/** The most circuits and gates of a job, as the API documents them. */
export const MOST_CIRCUITS = 5000;
export const MOST_GATES = 150_000;

/** Circuits that are written before the event loop gets a turn: some milliseconds. */
const CIRCUITS_PER_TURN = 100;

/** The part of a payload that depends on the device. */
export interface PayloadSettings {
  readonly device: string;
  /** Noise model of the simulator. */
  readonly noise: string | undefined;
  readonly session: string | undefined;
}

/** A job of several circuits, one for each execution, with a number for each angle. */
export async function jobPayload(
  job: Pick<Job, 'token' | 'executions' | 'seed'>,
  { device, noise, session }: PayloadSettings,
  translate: (execution: Execution) => QisCircuit,
): Promise<Readonly<Record<string, unknown>>> {
  const circuits: { name: string; circuit: QisGate[] }[] = [];
  let qubits = 1;
  for (const execution of job.executions) {
    if (circuits.length % CIRCUITS_PER_TURN === 0) await nextTurn();
    qubits = Math.max(qubits, execution.circuit.qubits);
    circuits.push({ name: circuitName(circuits.length), circuit: translate(execution).gates(execution) });
  }
  return {
    type: 'ionq.multi-circuit.v1',
    name: job.token,
    metadata: { [TOKEN_KEY]: job.token },
    backend: device,
    shots: job.executions[0]?.shots ?? 1,
    // The service's own mitigation changes counts: it is never asked for.
    settings: { error_mitigation: { debiasing: false } },
    ...(session === undefined ? {} : { session_id: session }),
    ...(noise === undefined ? {} : { noise: { model: noise, seed: job.seed & 0x7fffffff } }),
    input: { gateset: 'qis', qubits, circuits },
  };
}
