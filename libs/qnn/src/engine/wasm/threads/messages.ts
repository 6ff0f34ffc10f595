import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import type { CompileOptions } from '../compile.ts';
import type { Task, TaskKind, TaskLoss } from '../task.ts';

/** A compiled circuit as sent to threads: its code is shared, and each thread has its own memory. */
export interface SharedCircuit {
  /** Unique among the circuits of the threads. */
  readonly id: number;
  readonly circuit: Circuit;
  readonly observables: readonly Observable[];
  readonly options: CompileOptions;
  readonly module: WebAssembly.Module;
}

/** Data that a thread is started with. */
export interface ThreadSettings {
  /** The memory of control.ts. */
  readonly control: SharedArrayBuffer;
  /** The port of messages, which are read between tasks. */
  readonly port: import('node:worker_threads').MessagePort;
}

/** A message to a thread between tasks. */
export type ThreadMessage =
  | { readonly kind: 'open'; readonly circuit: SharedCircuit }
  | { readonly kind: 'close'; readonly id: number }
  /** The arrays of subsequent tasks are in this memory. */
  | { readonly kind: 'arena'; readonly id: number; readonly buffer: SharedArrayBuffer };

const KINDS: readonly TaskKind[] = ['forward', 'probabilities', 'adjoint', 'differentiate', 'train'];
const LOSSES: readonly TaskLoss[] = ['callback', 'squared-error', 'cross-entropy', 'mse'];

/** A task with the circuit and the arena that it needs. */
export interface PostedTask {
  readonly circuit: number;
  readonly arena: number;
  readonly task: Task;
}

/** Writes a task as numbers. */
export function writeTask(header: Float64Array, { circuit, arena, task }: PostedTask): void {
  const { kind, sets, rows, sharedInputs, wantsInputs, loss, scale, steps, learningRate } = task;
  const flags = [Number(sharedInputs), Number(wantsInputs)];
  header.set([
    circuit,
    arena,
    KINDS.indexOf(kind),
    sets,
    rows,
    ...flags,
    LOSSES.indexOf(loss),
    scale,
    steps,
    learningRate,
  ]);
}

/** Reads what {@link writeTask} wrote. */
export function readTask(header: Float64Array): PostedTask {
  const [circuit, arena, kind, sets, rows, sharedInputs, wantsInputs, loss, scale, steps, learningRate] = header;
  const flags = { sharedInputs: sharedInputs !== 0, wantsInputs: wantsInputs !== 0 };
  const task = { kind: KINDS[kind], sets, rows, ...flags, loss: LOSSES[loss], scale, steps, learningRate };
  return { circuit, arena, task };
}
