import type { RowCotangents } from '../row-loss.ts';
import type { Host } from './host.ts';
import { type Task, type TaskArrays, unitsOf } from './task.ts';
import { createTaskRunner } from './task-runner.ts';
import type { Crew } from './threads/crew.ts';
import type { SharedCircuit } from './threads/messages.ts';
import { isWorthSharing } from './threads/worth.ts';

/**
 * Executes tasks of one compiled circuit: on the calling thread, or on several threads for large tasks. The bits are
 * the same.
 */
export interface Executor {
  /** Number of threads, including the calling one. */
  readonly threads: number;
  /** Whether a task is large enough for several threads. */
  isWorthSharing(task: Task): boolean;
  /**
   * Executes a task; `gradient`, shape [sets, parameters], receives the sum of its units' gradients. `cotangentsOf` is
   * for a loss that is a callback; the task is then executed on the calling thread.
   */
  execute(task: Task, arrays: TaskArrays, gradient: Float64Array, cotangentsOf?: RowCotangents): Promise<void>;
  /**
   * Executes a task on several threads; returns false, and changes nothing, if the task is too small or that failed.
   */
  share(task: Task, arrays: TaskArrays, gradient: Float64Array): Promise<boolean>;
}

/** The data of a compiled circuit that threads share. */
export interface Sharing {
  readonly crew: Crew;
  readonly circuit: SharedCircuit;
}

/** Prepares execution; without `sharing`, everything is executed on the calling thread. */
export function createExecutor(host: Host, sharing?: Sharing): Executor {
  const { program, gradientTerms } = host;
  const { length: parameters } = program.structure.circuit.parameters;
  const runner = createTaskRunner(host);
  const ownTerms = new Float64Array(gradientTerms);
  const setsUnits = (task: Task) => unitsOf(task, program) / task.sets;

  const share = async (task: Task, arrays: TaskArrays, gradient: Float64Array): Promise<boolean> => {
    if (!sharing?.crew.free || !isWorthSharing(task, program, sharing.crew.leastWork)) return false;
    const { crew, circuit } = sharing;
    const shared = crew.arrays(task, program, gradientTerms);
    if (shared === null) return false;
    shared.parameters.set(arrays.parameters);
    shared.inputs.set(arrays.inputs);
    shared.cotangents.set(arrays.cotangents);
    shared.targets.set(arrays.targets);
    shared.labels.set(arrays.labels);
    shared.adam.set(arrays.adam);
    runner.begin(task, shared);
    if (!(await crew.execute(circuit, task, program, runner))) return false;
    if (task.kind === 'train') {
      arrays.parameters.set(shared.parameters);
      arrays.adam.set(shared.adam);
      arrays.losses.set(shared.losses);
      return true;
    }
    arrays.expectations.set(shared.expectations);
    arrays.inputGradients.set(shared.inputGradients);
    arrays.probabilities.set(shared.probabilities);
    const chunks = setsUnits(task);
    for (let unit = 0; unit * gradientTerms < shared.terms.length; unit++) {
      host.addGradientTerms(gradient, Math.floor(unit / chunks) * parameters, shared.terms, unit * gradientTerms);
    }
    return true;
  };

  return {
    threads: sharing?.crew.threads ?? 1,
    isWorthSharing: (task) => isWorthSharing(task, program, sharing?.crew.leastWork),
    share,
    async execute(task, arrays, gradient, cotangentsOf) {
      if (!cotangentsOf && (await share(task, arrays, gradient))) return;
      runner.begin(task, { ...arrays, terms: ownTerms }, cotangentsOf);
      const units = unitsOf(task, program);
      const chunks = setsUnits(task);
      const gradients = task.kind === 'adjoint' || task.kind === 'differentiate';
      for (let unit = 0; unit < units; unit++) {
        runner.run(unit, 0);
        if (gradients) host.addGradientTerms(gradient, Math.floor(unit / chunks) * parameters, ownTerms, 0);
      }
    },
  };
}
