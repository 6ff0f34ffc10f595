import * as tf from '@tensorflow/tfjs-core';
import { type Engine, engine, pointAt } from '../engine.ts';
import { CompileError } from '../errors.ts';
import type { ActiveTrace } from './active-trace.ts';
import { copyOf, Graph, type GraphType, isUniform, type Numbers, sameShape, sizeOf, type Value } from './graph.ts';
import { callSite, type Site } from './source-line.ts';
import { allocate, BACKEND, readError, type SymbolicBackend, symbolicBackend } from './symbolic-backend.ts';

/** A constant that JavaScript put into the graph while the function was traced. */
export interface TracedConstant {
  /** A single number if all are the same. */
  readonly numbers: Numbers;
  readonly shape: readonly number[];
  /** Recorded only on request, because a stack trace is expensive. */
  readonly site?: Site;
}

/** Numbers that JavaScript computes for every call of the compiled function. */
export interface HostNumbers {
  readonly value: Value;
  readonly draw: () => ArrayLike<number> | number;
}

/** A variable that the function reads or writes. */
export interface TracedVariable {
  readonly variable: tf.Variable;
  /** Its value when the function is called; undefined if it is written before it is read. */
  readonly before?: Value;
  /** Its value after the function, if the function writes it. */
  readonly after?: Value;
}

/** The value of a variable in the graph, before the function runs. */
export type VariableInput = (graph: Graph, variable: tf.Variable) => Value;

interface State {
  readonly variable: tf.Variable;
  readonly dataId: object;
  readonly backend: tf.KernelBackend;
  before?: Value;
}

/** One run of a function with symbols: its kernels add their operations to `graph`. */
export class Trace implements ActiveTrace {
  readonly graph = new Graph();
  readonly constants: TracedConstant[] = [];
  readonly hostNumbers: HostNumbers[] = [];
  /** Names of the kernels that were called, in order. */
  readonly calls: string[] = [];
  /** Variables that the function made itself. */
  readonly made: tf.Variable[] = [];
  /** Number of tensors from outside that became constants. */
  captured = 0;
  private readonly states = new Map<object, State>();
  private readonly frozen = new Map<object, Value[]>();
  /** Symbols that the function asked to keep. */
  private readonly kept: tf.Tensor[] = [];
  private readonly initials = new Map<tf.Variable, Value>();
  private readonly variableInput: VariableInput;
  private readonly recordSites: boolean;
  private readonly backend: SymbolicBackend;
  private readonly engine: Engine;

  constructor(variableInput: VariableInput, recordSites: boolean) {
    this.variableInput = variableInput;
    this.recordSites = recordSites;
    this.backend = symbolicBackend();
    this.engine = engine();
  }

  /** A constant from JavaScript; the numbers are copied. */
  constant(numbers: tf.TypedArray | number[], shape: readonly number[], dtype: GraphType): Value {
    const site = this.recordSites ? callSite() : undefined;
    const kept = isUniform(numbers) ? [Number(numbers[0])] : copyOf(numbers);
    this.constants.push({ numbers: kept, shape: [...shape], site });
    return this.graph.constant(numbers, shape, dtype);
  }

  /** An input of the graph that is drawn for each call. */
  host(shape: readonly number[], dtype: GraphType, draw: HostNumbers['draw']): tf.Tensor {
    const value = this.graph.input(`host ${this.hostNumbers.length}`, shape, dtype);
    this.hostNumbers.push({ value, draw });
    return this.tensor(value);
  }

  /** The tensor that represents a value. */
  tensor(value: Value): tf.Tensor {
    const info = { dataId: this.backend.put(value), shape: [...value.shape], dtype: value.dtype as tf.DataType };
    return this.engine.makeTensorFromTensorInfo(info, this.backend);
  }

  /** The value that a tensor represents; a tensor from outside becomes a constant, a variable an input. */
  lookup(tensor: tf.TensorInfo): Value {
    const symbol = this.backend.symbolOf(tensor.dataId);
    if (symbol) return symbol;
    const state = this.states.get(tensor.dataId);
    if (state && tensor instanceof tf.Variable) {
      state.before ??= this.variableInput(this.graph, state.variable);
      return state.before;
    }
    return this.freeze(tensor);
  }

  private freeze(tensor: tf.TensorInfo): Value {
    const known = this.frozen.get(tensor.dataId)?.find((value) => sameShape(value.shape, tensor.shape));
    if (known) return known;
    const record = this.engine.state.tensorInfo.get(tensor.dataId);
    if (!record) {
      throw new CompileError(
        'OUTSIDE_OF_TRACE',
        `compile: a disposed tensor, shape [${tensor.shape}], is used in the compiled function${callSite().where}. Dispose it ` +
          'after its last use, or keep it with tf.keep.',
      );
    }
    if (tensor.dtype !== 'float32' && tensor.dtype !== 'int32' && tensor.dtype !== 'bool') {
      throw new CompileError(
        'BAD_ARGUMENT',
        `compile: dtype ${tensor.dtype} is not one of float32, int32, bool${callSite().where}`,
      );
    }
    const numbers = record.backend.readSync(tensor.dataId) as tf.TypedArray;
    const value = this.graph.constant(numbers, tensor.shape, tensor.dtype);
    this.captured++;
    this.frozen.set(tensor.dataId, [...(this.frozen.get(tensor.dataId) ?? []), value]);
    return value;
  }

  /**
   * Runs `body` with the engine set to record into this trace. Afterwards every variable has its previous value; the
   * values that `body` assigned are returned.
   */
  run<T>(body: () => T): { result: T; variables: TracedVariable[] } {
    const { engine, backend } = this;
    const { backendName, backend: backendInstance } = engine;
    for (const variable of Object.values(engine.registeredVariables)) this.remember(variable);
    backend.trace = this;
    const restoreEngine = this.interpose();
    engine.backendName = BACKEND;
    engine.backendInstance = backend;
    engine.startScope('compile');
    try {
      const result = body();
      const variables = [...this.states.values()].flatMap((state) => this.outcome(state));
      return { result, variables };
    } catch (error) {
      for (const variable of this.made) variable.dispose();
      throw error;
    } finally {
      engine.endScope();
      restoreEngine();
      for (const tensor of this.kept) this.retire(tensor);
      for (const state of this.states.values()) this.restore(state);
      backend.trace = undefined;
      for (const variable of this.made) this.settle(variable);
      backend.forget();
      engine.backendName = backendName;
      engine.backendInstance = backendInstance;
    }
  }

  /** Retains a variable's memory, so that an assignment does not free it. */
  private remember(variable: tf.Variable): void {
    const record = this.engine.state.tensorInfo.get(variable.dataId);
    if (!record) return;
    record.backend.incRef(variable.dataId);
    this.states.set(variable.dataId, { variable, dataId: variable.dataId, backend: record.backend });
  }

  private outcome(state: State): TracedVariable[] {
    const { variable, dataId } = state;
    if (variable.isDisposed) {
      throw new CompileError(
        'HIDDEN_STATE',
        `compile: the function disposes the variable '${variable.name}', which it did not make.`,
      );
    }
    const after = variable.dataId === dataId ? undefined : this.lookup(variable);
    const { before } = state;
    if (after === undefined || after === before) return before ? [{ variable, before }] : [];
    return [{ variable, before, after }];
  }

  private restore({ variable, dataId, backend }: State): void {
    if (variable.isDisposed || variable.dataId === dataId) {
      backend.disposeData(dataId);
      return;
    }
    this.engine.disposeTensor(variable);
    pointAt(variable, dataId, backend);
  }

  /** Frees a tensor that was kept past the trace and has no memory; the backend throws an error when it is read. */
  private retire(tensor: tf.Tensor): void {
    if (tensor.isDisposed) return;
    const { dataId } = tensor;
    const record = this.engine.state.tensorInfo.get(dataId);
    tensor.dispose();
    this.engine.state.tensorInfo.set(dataId, record);
    tensor.throwIfDisposed = () => void this.backend.readSync(dataId);
  }

  /** Allocates memory for a variable that the function made. */
  private settle(variable: tf.Variable): void {
    if (variable.isDisposed) return;
    const initial = this.initials.get(variable) as Value;
    const numbers = allocate(variable.dtype, sizeOf(variable.shape));
    if (initial.splat !== undefined) numbers.fill(initial.splat);
    else numbers.set(initial.data as Numbers);
    this.engine.disposeTensor(variable);
    pointAt(
      variable,
      this.backend.hold(() => numbers),
      this.backend,
    );
  }

  /** Intercepts actions of the function other than kernels: creation and reads of variables, and kept tensors. */
  private interpose(): () => void {
    const { engine } = this;
    const { makeVariable, readSync, read, keep } = engine;
    const checked = (dataId: object) => {
      const state = this.states.get(dataId);
      if (state) throw readError(`the variable '${state.variable.name}'`);
    };
    engine.makeVariable = (...given) => this.adopt(makeVariable.apply(engine, given));
    engine.readSync = (dataId) => {
      checked(dataId);
      return readSync.call(engine, dataId);
    };
    engine.read = async (dataId) => {
      checked(dataId);
      return read.call(engine, dataId);
    };
    engine.keep = (tensor) => {
      if (this.backend.symbolOf(tensor.dataId)) this.kept.push(tensor);
      return keep.call(engine, tensor);
    };
    return () => {
      for (const name of ['makeVariable', 'readSync', 'read', 'keep'] as const)
        delete (engine as Partial<Engine>)[name];
    };
  }

  private adopt(variable: tf.Variable): tf.Variable {
    const initial = this.lookup({ dataId: variable.dataId, shape: variable.shape, dtype: variable.dtype });
    if (initial.splat === undefined && !initial.data) {
      const { where } = callSite();
      variable.dispose();
      throw new CompileError(
        'COMPUTED_VARIABLE',
        `compile: the variable '${variable.name}' is made from a computed value inside the compiled function${where}. Make it ` +
          'outside, and assign to it inside.',
      );
    }
    this.initials.set(variable, initial);
    this.made.push(variable);
    return variable;
  }
}
