import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { OutcomeCounts } from '@qloom/quantum/mitigation/readout-correction.ts';

/** Executions of one circuit with the same number of shots. */
export interface DeviceTask {
  readonly circuit: Circuit;
  /** Number of executions. */
  readonly rows: number;
  /** Shape [rows, parameters]. */
  readonly parameters: Float64Array;
  /** Shape [rows, inputs]. */
  readonly inputs: Float64Array;
  /** Measured qubits; bit j of an outcome is the j-th of them. */
  readonly qubits: readonly number[];
  /** Shots of each execution. */
  readonly shots: number;
}

/** Executions that are paid for together, under a name under which a repetition finds them again. */
export interface DeviceRun {
  /** The same name stands for the same tasks: a run that was begun is continued by repeating it. */
  readonly name: string;
  readonly tasks: readonly DeviceTask[];
  /** Seed of a simulated backend. */
  readonly seed: number;
}

/** Executes a run and resolves to the counts of each row of each task. */
export type DeviceExecutor = (run: DeviceRun) => Promise<readonly (readonly OutcomeCounts[])[]>;

/** Size of a run. */
export interface RunSize {
  readonly executions: number;
  readonly shots: number;
}

/** Executions and shots of a run. */
export const runSize = ({ tasks }: Pick<DeviceRun, 'tasks'>): RunSize => ({
  executions: tasks.reduce((sum, { rows }) => sum + rows, 0),
  shots: tasks.reduce((sum, { rows, shots }) => sum + rows * shots, 0),
});
