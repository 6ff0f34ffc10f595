import type { Program } from '../compile.ts';
import { type Task, unitsOf } from '../task.ts';

/** Work of about 200 µs on one core, in the unit of {@link taskWork}. */
export const LEAST_WORK = 2 ** 18;

/** Forward sweeps are a third of forward and backward together. */
const FORWARD = 1 / 3;

/** Whether a task has several units, and takes long compared with the time to wake other threads, about 50 µs. */
export function isWorthSharing(task: Task, program: Program, leastWork = LEAST_WORK): boolean {
  return unitsOf(task, program) > 1 && taskWork(task, program) >= leastWork;
}

/** An estimate of a task's arithmetic: amplitudes times angles of rotations, forward and backward. */
function taskWork(task: Task, { shape, structure }: Program): number {
  const { kind, sets, rows, steps } = task;
  // A last block is as much work as a full one.
  const executions = sets * Math.ceil(rows / shape.lanes) * shape.lanes * (kind === 'train' ? steps : 1);
  const sweeps = kind === 'forward' || kind === 'probabilities' ? FORWARD : 1;
  return executions * 2 ** shape.qubits * structure.slots.length * sweeps;
}
