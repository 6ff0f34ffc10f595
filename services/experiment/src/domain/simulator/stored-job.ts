import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Job } from '../backend/backend.ts';

/** A job as a simulated backend keeps it. */
export interface StoredJob {
  /** When it was accepted, milliseconds since the Unix epoch. */
  readonly acceptedMs: number;
  /** When its turn comes. */
  readonly startMs: number;
  readonly job: Job;
}

/** The bytes of a job; each circuit is written once. */
export function encodeStoredJob({ acceptedMs, startMs, job }: StoredJob): Uint8Array {
  const circuits = [...new Set(job.executions.map(({ circuit }) => circuit))];
  const positions = new Map(circuits.map((circuit, i) => [circuit, i]));
  const executions = job.executions.map(({ circuit, parameters, inputs, qubits, shots }) => ({
    circuit: positions.get(circuit),
    parameters: [...parameters],
    inputs: [...inputs],
    qubits,
    shots,
  }));
  const { token, maxCost, seed } = job;
  return Buffer.from(JSON.stringify({ acceptedMs, startMs, token, maxCost, seed, circuits, executions }));
}

/** The inverse of {@link encodeStoredJob}. */
export function decodeStoredJob(bytes: Uint8Array): StoredJob {
  const { acceptedMs, startMs, token, maxCost, seed, circuits, executions } = JSON.parse(Buffer.from(bytes).toString());
  return {
    acceptedMs,
    startMs,
    job: {
      token,
      maxCost,
      seed,
      executions: executions.map((one: Record<string, number[] & number>) => ({
        circuit: (circuits as Circuit[])[one['circuit']],
        parameters: Float64Array.from(one['parameters']),
        inputs: Float64Array.from(one['inputs']),
        qubits: one['qubits'],
        shots: one['shots'],
      })),
    },
  };
}
