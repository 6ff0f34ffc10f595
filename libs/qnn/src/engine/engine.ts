import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import type { LossName } from '../training/loss.ts';
import type { RowCotangents } from './row-loss.ts';

/** Precision of the amplitudes; everything else is float64. */
export type Precision = 'float32' | 'float64';

/** Limits of an engine. */
export interface EngineLimits {
  /** Maximum number of qubits of a circuit. */
  readonly maxQubits: number;
  /** Maximum size of a compiled circuit's state vectors. Unit: bytes. */
  readonly maxStateBytes: number;
}

/** 20 qubits, 256 MiB of state. */
export const DEFAULT_LIMITS: EngineLimits = { maxQubits: 20, maxStateBytes: 2 ** 28 };

/**
 * Many executions of one circuit: `sets` parameter vectors (seeds × folds), each on `rows` inputs. All arrays are
 * float64 and row-major.
 */
export interface CircuitBatch {
  /** Number of parameter vectors. */
  readonly sets: number;
  /** Shape [sets, parameters of the circuit]. */
  readonly parameters: Float64Array;
  /** Number of inputs for each parameter vector. */
  readonly rows: number;
  /** Shape [sets, rows, inputs of the circuit], or [rows, inputs] when {@link sharedInputs}. */
  readonly inputs: Float64Array;
  /** All parameter vectors have the same inputs. Default false. */
  readonly sharedInputs?: boolean;
}

/** Gradients of `Σ_rows Σ_k cotangent·⟨O_k⟩`. The arrays are valid until the next call on the same compiled circuit. */
export interface BatchGradient {
  /** ⟨O_k⟩, shape [sets, rows, observables]. */
  readonly expectations: Float64Array;
  /** Summed over rows, shape [sets, parameters]. */
  readonly parameters: Float64Array;
  /** For each row, shape [sets, rows, inputs]; empty unless requested. */
  readonly inputs: Float64Array;
}

/** A circuit and its observables, compiled for repeated execution. Not for concurrent calls. */
export interface CompiledCircuit {
  readonly circuit: Circuit;
  readonly observables: readonly Observable[];
  /** ⟨O_k⟩ of every execution, shape [sets, rows, observables]; valid until the next call. Throws BatchShapeError. */
  forward(batch: CircuitBatch): Promise<Float64Array>;
  /** Vector-Jacobian product at given cotangents, shape [sets, rows, observables]. Throws BatchShapeError. */
  adjoint(batch: CircuitBatch, cotangents: Float64Array, want?: GradientOptions): Promise<BatchGradient>;
  /** Like {@link adjoint}, with cotangents that depend on the expectations: one forward and one backward sweep. */
  differentiate(batch: CircuitBatch, cotangentsOf: RowCotangents, want?: GradientOptions): Promise<BatchGradient>;
  /** |amplitude|² of every basis state, shape [sets, rows, 2^qubits]; valid until the next call. Throws BatchShapeError. */
  probabilities(batch: CircuitBatch): Promise<Float64Array>;
  /** Trains inside the engine, without a callback for each row. Absent if the engine has no trainer of its own. */
  createTrainer?(setup: TrainerSetup): Trainer;
}

/** A classification that an engine trains: `sets` independent parameter vectors, each with its own points. */
export interface TrainerSetup {
  /** Loss of the logits scale·⟨O_c⟩; see training/loss.ts. */
  readonly loss: LossName;
  readonly scale: number;
  /** Adam's, as in training/adam.ts. */
  readonly learningRate: number;
  /** Number of rows of every mini-batch. */
  readonly rows: number;
  readonly sets: readonly {
    /** Initial values, shape [parameters of the circuit]. */
    readonly parameters: Float64Array;
    /** Shape [points, inputs of the circuit]. */
    readonly inputs: Float64Array;
    /** Class of each point, shape [points]. */
    readonly labels: Int32Array;
  }[];
}

/** Trainings in progress. A set's bits depend neither on the other sets nor on how steps are grouped into calls. */
export interface Trainer {
  /**
   * Performs `count` Adam steps with the mini-batches of `indices`, shape [count, sets, rows]; resolves to the mean
   * loss of each, shape [count, sets], valid until the next call.
   */
  run(count: number, indices: Int32Array): Promise<Float64Array>;
  /** Copies the parameters of a set. */
  parameters(set: number): Float64Array;
}

/** Content of a gradient. */
export interface GradientOptions {
  /** Also with respect to the inputs. Default false. */
  readonly inputs?: boolean;
}

/**
 * Executes batches of circuits: the common interface of the engines (WebAssembly, WebGPU, TensorFlow.js). An engine
 * returns the same bits for the same batch, and a row's result does not depend on the other rows and sets.
 */
export interface Engine {
  readonly name: string;
  readonly precision: Precision;
  readonly limits: EngineLimits;
  /** Throws CircuitTooLargeError before it allocates, CircuitError when circuit or observable is malformed. */
  compile(circuit: Circuit, observables: readonly Observable[]): Promise<CompiledCircuit>;
  /** Releases the resources of the engine. */
  dispose(): void;
}

/** Thrown when an array's length does not match the batch. The message has both numbers. */
export class BatchShapeError extends Error {
  override name = 'BatchShapeError';
  readonly code = 'invalid';
}

/** Throws BatchShapeError unless every array of the batch has its length. */
export function checkBatch(
  batch: CircuitBatch,
  circuit: Circuit,
  cotangents?: ArrayLike<number>,
  observables = 0,
): void {
  const { sets, rows } = batch;
  check('parameters', batch.parameters.length, [sets, circuit.parameters.length]);
  check('inputs', batch.inputs.length, batch.sharedInputs ? [rows, circuit.inputs] : [sets, rows, circuit.inputs]);
  if (cotangents) check('cotangents', cotangents.length, [sets, rows, observables]);
}

function check(what: string, length: number, shape: readonly number[]): void {
  const wanted = shape.reduce((total, size) => total * size, 1);
  if (length !== wanted) throw new BatchShapeError(`${what}: ${length} values; shape [${shape}] needs ${wanted}`);
}

/** Precomputed cotangents as {@link RowCotangents}. */
export function givenCotangents(batch: CircuitBatch, values: Float64Array, observables: number): RowCotangents {
  return (set, row, _, cotangents) => {
    const at = (set * batch.rows + row) * observables;
    for (let k = 0; k < observables; k++) cotangents[k] = values[at + k];
  };
}
