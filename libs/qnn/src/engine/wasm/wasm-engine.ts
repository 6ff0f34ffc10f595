import { type Circuit, validateCircuit } from '@qloom/quantum/circuit.ts';
import { type Observable, validateObservable } from '@qloom/quantum/observables/observable.ts';
import { createStepTrainer } from '../../training/step-trainer.ts';
import {
  type BatchGradient,
  type CircuitBatch,
  type CompiledCircuit,
  checkBatch,
  type Engine,
  type EngineLimits,
  type Precision,
} from '../engine.ts';
import type { RowLoss } from '../row-loss.ts';
import { assemble, type CompileOptions, planProgram } from './compile.ts';
import { withColumns } from './encode-once/column-circuit.ts';
import { createExecutor, type Executor } from './executor.ts';
import { createHost, type Host } from './host.ts';
import { NO_ARRAYS, plainTask, type Task, type TaskArrays } from './task.ts';
import { type Crew, createCrew } from './threads/crew.ts';
import { createWasmTrainer } from './wasm-trainer.ts';

/** WebAssembly memories have 32-bit addresses. */
export const WASM_LIMITS: EngineLimits = { maxQubits: 20, maxStateBytes: 2 ** 32 - 65536 };

/** Maximum number of threads of one engine. */
const MOST_THREADS = 1024;

/** Thrown when the requested number of threads of an engine is not valid. */
export class EngineThreadsError extends Error {
  override name = 'EngineThreadsError';
  readonly code = 'invalid';
}

/** Settings of {@link createWasmEngine}. */
export interface WasmEngineOptions {
  /** Default: float32. */
  readonly precision?: Precision;
  /** Default: {@link WASM_LIMITS}. */
  readonly limits?: Partial<EngineLimits>;
  /**
   * SIMD registers per vector, two for V8's revectorizer. Default: {@link registersFor}; bits of gradients depend on
   * it.
   */
  readonly registers?: 1 | 2;
  /** Relaxed SIMD's fused multiply-add. Default false. */
  readonly fused?: boolean;
  /** Keep states for the backward sweep, or un-compute them. Default: keep if memory allows. */
  readonly keepsStates?: boolean;
  /**
   * Whether circuits that encode once, U(θ)·E(x)|0…0⟩, are executed by columns of U(θ) instead of row by row. 'auto':
   * batches if that is less work for 256 rows per parameter vector, trainings if it is for their mini-batch; see
   * encode-once/operations.ts. The choice does not depend on a batch's own rows, since a row's bits must not depend on
   * other rows. Default 'auto'.
   */
  readonly encodeOnce?: 'auto' | boolean;
  /**
   * Number of threads that execute large batches, including the calling thread; the others start with the first such
   * batch and end with dispose. Results do not depend on it. Default 1.
   */
  readonly threads?: number;
}

/**
 * `wasm`: a module of WebAssembly SIMD for every circuit structure; README.md of this folder describes the compiler.
 */
export function createWasmEngine(options: WasmEngineOptions = {}): Engine {
  const { precision = 'float32', registers, fused = false, keepsStates, encodeOnce, threads = 1 } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new EngineThreadsError(`engine: threads: ${threads}; a whole number from 1 to ${MOST_THREADS} is right`);
  }
  const crew = threads > 1 ? createCrew(threads) : null;
  const limits = { ...WASM_LIMITS, ...options.limits };
  const compileOptions = { precision, registers, fused, keepsStates, encodeOnce, maxBytes: limits.maxStateBytes };
  return {
    name: 'wasm',
    precision,
    limits,
    async compile(circuit, observables) {
      validateCircuit(circuit);
      observables.forEach((observable, k) => {
        validateObservable(observable, circuit.qubits, `observable ${k}`);
      });
      return compileCircuit(circuit, observables, compileOptions, crew);
    },
    dispose() {
      crew?.close();
    },
  };
}

/** Compiles a valid circuit; with a crew, large batches are executed by several threads. */
export function compileCircuit(
  circuit: Circuit,
  observables: readonly Observable[],
  options: CompileOptions,
  crew: Crew | null,
): CompiledCircuit {
  const program = planProgram(circuit, observables, options);
  const module = new WebAssembly.Module(assemble(program, options));
  const host = createHost(program, module);
  const sharing = crew ? { crew, circuit: crew.admit({ circuit, observables, options, module }) } : undefined;
  return createCompiled(host, createExecutor(host, sharing), circuit, observables);
}

function createCompiled(
  host: Host,
  executor: Executor,
  circuit: Circuit,
  observables: readonly Observable[],
): CompiledCircuit {
  const count = circuit.parameters.length;
  const observed = observables.length;
  let expectations = new Float64Array(0);
  let parameters = new Float64Array(0);
  let inputs = new Float64Array(0);
  const sized = (array: Float64Array<ArrayBuffer>, length: number) =>
    array.length === length ? array : new Float64Array(length);
  /** Forward and backward: the outputs, and the data of the task. */
  const prepare = (batch: CircuitBatch, wantsInputs: boolean): { out: BatchGradient; arrays: TaskArrays } => {
    expectations = sized(expectations, batch.sets * batch.rows * observed);
    parameters = sized(parameters, batch.sets * count).fill(0);
    inputs = sized(inputs, wantsInputs ? batch.sets * batch.rows * circuit.inputs : 0);
    const arrays = { parameters: batch.parameters, inputs: batch.inputs, expectations, inputGradients: inputs };
    return { out: { expectations, parameters, inputs }, arrays: { ...NO_ARRAYS, ...arrays } };
  };

  const rowWise: CompiledCircuit = {
    circuit,
    observables,
    async forward(batch) {
      checkBatch(batch, circuit);
      expectations = sized(expectations, batch.sets * batch.rows * observed);
      const arrays = { ...NO_ARRAYS, parameters: batch.parameters, inputs: batch.inputs, expectations };
      await executor.execute(plainTask('forward', batch), arrays, NO_ARRAYS.parameters);
      return expectations;
    },
    async probabilities(batch) {
      checkBatch(batch, circuit);
      const probabilities = new Float64Array(batch.sets * batch.rows * 2 ** circuit.qubits);
      const arrays = { ...NO_ARRAYS, parameters: batch.parameters, inputs: batch.inputs, probabilities };
      await executor.execute(plainTask('probabilities', batch), arrays, NO_ARRAYS.parameters);
      return probabilities;
    },
    async adjoint(batch, cotangents, { inputs: wantsInputs = false } = {}) {
      checkBatch(batch, circuit, cotangents, observed);
      const { out, arrays } = prepare(batch, wantsInputs);
      const task = plainTask('adjoint', batch, { wantsInputs });
      await executor.execute(task, { ...arrays, cotangents }, out.parameters);
      return out;
    },
    async differentiate(batch, cotangentsOf, { inputs: wantsInputs = false } = {}) {
      checkBatch(batch, circuit);
      const { out, arrays } = prepare(batch, wantsInputs);
      const described = describedLoss(cotangentsOf.description, batch, observed);
      const task = plainTask('differentiate', batch, { wantsInputs, ...described.task });
      const callback = task.loss === 'callback' ? cotangentsOf : undefined;
      await executor.execute(task, { ...arrays, ...described.arrays }, out.parameters, callback);
      return out;
    },
    createTrainer(setup) {
      // Threads distribute the sets or, if these are fewer, the chunks of every step.
      const task = plainTask('differentiate', { sets: setup.sets.length, rows: setup.rows });
      const byChunks = setup.sets.length < executor.threads && executor.isWorthSharing(task);
      return byChunks ? createStepTrainer(rowWise, setup) : createWasmTrainer(host, setup, { executor });
    },
  };
  const { encodeOnce } = host.program;
  return encodeOnce ? withColumns(rowWise, host, encodeOnce) : rowWise;
}

/** The loss of a task; one that does not fit the batch is evaluated by its callback. */
function describedLoss(
  loss: RowLoss | undefined,
  { sets, rows }: CircuitBatch,
  observed: number,
): { readonly task: Partial<Task>; readonly arrays: Partial<TaskArrays> } {
  if (loss?.rows !== rows) return { task: {}, arrays: {} };
  if (loss.kind === 'squared-error') {
    const fits = loss.targets.length === sets * rows * observed;
    return fits ? { task: { loss: loss.kind }, arrays: { targets: loss.targets } } : { task: {}, arrays: {} };
  }
  const { labels, scale } = loss;
  return labels.length === sets * rows
    ? { task: { loss: loss.loss, scale }, arrays: { labels } }
    : { task: {}, arrays: {} };
}
