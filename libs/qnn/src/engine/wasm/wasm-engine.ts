import { type Circuit, validateCircuit } from '@qloom/quantum/circuit.ts';
import { type Observable, validateObservable } from '@qloom/quantum/observable.ts';
import {
  type BatchGradient,
  type CircuitBatch,
  type CompiledCircuit,
  checkBatch,
  type Engine,
  type EngineLimits,
  type Precision,
} from '../engine.ts';
import { assemble, type CompileOptions, planProgram } from './compile.ts';
import { withColumns } from './encode-once/column-circuit.ts';
import { createHost, type Host } from './host.ts';
import { createSweep } from './sweep.ts';
import { createWasmTrainer } from './wasm-trainer.ts';

/** A memory of WebAssembly has 32-bit addresses. */
export const WASM_LIMITS: EngineLimits = { maxQubits: 20, maxStateBytes: 2 ** 32 - 65536 };

/** Settings of {@link createWasmEngine}. */
export interface WasmEngineOptions {
  /** Default: float32. */
  readonly precision?: Precision;
  /** Default: {@link WASM_LIMITS}. */
  readonly limits?: Partial<EngineLimits>;
  /** SIMD registers side by side, two for V8's revectorizer. Default: {@link registersFor}; bits of gradients depend on it. */
  readonly registers?: 1 | 2;
  /** Relaxed SIMD's fused multiply-add. Default false. */
  readonly fused?: boolean;
  /** Keep states for the backward sweep, or un-compute them. Default: keep where memory allows. */
  readonly keepsStates?: boolean;
  /**
   * Whether circuits that encode once, U(θ)·E(x)|0…0⟩, go by columns of U(θ) instead of row by row. 'auto': batches where that is
   * less work for 256 rows a parameter vector, trainings where it is for their mini-batch; see encode-once/operations.ts. Not
   * chosen by a batch's own rows: a row's bits must not depend on the rows beside it. Default 'auto'.
   */
  readonly encodeOnce?: 'auto' | boolean;
}

/** `wasm`: a module of WebAssembly SIMD for every circuit structure; README.md of this folder shows the way there. */
export function createWasmEngine(options: WasmEngineOptions = {}): Engine {
  const { precision = 'float32', registers, fused = false, keepsStates, encodeOnce } = options;
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
      return compileCircuit(circuit, observables, compileOptions);
    },
    dispose() {},
  };
}

function compileCircuit(
  circuit: Circuit,
  observables: readonly Observable[],
  options: CompileOptions,
): CompiledCircuit {
  const program = planProgram(circuit, observables, options);
  const host = createHost(program, new WebAssembly.Module(assemble(program, options)));
  return createCompiled(host, circuit, observables);
}

function createCompiled(host: Host, circuit: Circuit, observables: readonly Observable[]): CompiledCircuit {
  const { chunkRows, memory } = host.program;
  const count = circuit.parameters.length;
  const observed = observables.length;
  let expectations = new Float64Array(0);
  let parameters = new Float64Array(0);
  let inputs = new Float64Array(0);
  const sized = (array: Float64Array<ArrayBuffer>, length: number) =>
    array.length === length ? array.fill(0) : new Float64Array(length);

  /** Calls `visit` for every chunk: rows of one parameter vector, whose parameters and inputs are in memory. */
  const forEachChunk = (batch: CircuitBatch, visit: (set: number, row: number, rows: number, end: number) => void) => {
    for (let set = 0; set < batch.sets; set++) {
      host.setParameters(batch.parameters, set * count);
      for (let row = 0; row < batch.rows; row += chunkRows) {
        const rows = Math.min(chunkRows, batch.rows - row);
        const end = host.setInputs(batch.inputs, (batch.sharedInputs ? 0 : set * batch.rows) + row, rows);
        visit(set, row, rows, end);
      }
    }
  };
  const prepare = (batch: CircuitBatch, wantsInputs: boolean): BatchGradient => {
    expectations = sized(expectations, batch.sets * batch.rows * observed);
    parameters = sized(parameters, batch.sets * count);
    inputs = sized(inputs, wantsInputs ? batch.sets * batch.rows * circuit.inputs : 0);
    return { expectations, parameters, inputs };
  };
  /** Collects what the chunk's backward sweeps left. */
  const finishChunk = (
    batch: CircuitBatch,
    out: BatchGradient,
    set: number,
    row: number,
    rows: number,
    inputs: boolean,
  ) => {
    host.addGradient(out.parameters, set * count);
    if (!inputs) return;
    const from = (batch.sharedInputs ? 0 : set * batch.rows) + row;
    host.addInputGradients(batch.inputs, from, rows, out.inputs, (set * batch.rows + row) * circuit.inputs);
  };
  const sweep = createSweep(host, observed);

  const rowWise: CompiledCircuit = {
    circuit,
    observables,
    async forward(batch) {
      checkBatch(batch, circuit);
      expectations = sized(expectations, batch.sets * batch.rows * observed);
      forEachChunk(batch, (set, row, rows, end) => {
        host.exports.forwards(memory.blocks, end);
        host.expectations(expectations, (set * batch.rows + row) * observed, rows);
      });
      return expectations;
    },
    async probabilities(batch) {
      checkBatch(batch, circuit);
      return readProbabilities(host, batch, forEachChunk);
    },
    async adjoint(batch, cotangents, want = {}) {
      checkBatch(batch, circuit, cotangents, observed);
      const out = prepare(batch, want.inputs ?? false);
      forEachChunk(batch, (set, row, rows, end) => {
        const at = set * batch.rows + row;
        host.clearTotals();
        host.setCotangents(cotangents, at * observed, rows);
        if (want.inputs) host.exports.inputGradients(memory.blocks, end);
        else host.exports.gradients(memory.blocks, end);
        host.expectations(out.expectations, at * observed, rows);
        finishChunk(batch, out, set, row, rows, want.inputs ?? false);
      });
      return out;
    },
    async differentiate(batch, cotangentsOf, want = {}) {
      checkBatch(batch, circuit);
      const wantsInputs = want.inputs ?? false;
      const out = prepare(batch, wantsInputs);
      forEachChunk(batch, (set, row, rows) => {
        const at = set * batch.rows + row;
        sweep(out.expectations, at, rows, wantsInputs, (i, values, slopes) =>
          cotangentsOf(set, row + i, values, slopes),
        );
        finishChunk(batch, out, set, row, rows, wantsInputs);
      });
      return out;
    },
    createTrainer: (setup) => createWasmTrainer(host, setup),
  };
  const { encodeOnce } = host.program;
  return encodeOnce ? withColumns(rowWise, host, encodeOnce) : rowWise;
}

function readProbabilities(
  host: Host,
  batch: CircuitBatch,
  forEachChunk: (batch: CircuitBatch, visit: (set: number, row: number, rows: number, end: number) => void) => void,
): Float64Array {
  const { memory, shape } = host.program;
  const { lanes, numberBytes } = shape;
  const size = 2 ** shape.qubits;
  const { states } = memory.layers[memory.layers.length - 1];
  const out = new Float64Array(batch.sets * batch.rows * size);
  forEachChunk(batch, (set, row, rows) => {
    for (let first = 0; first < rows; first += lanes) {
      host.exports.forward(memory.blocks + (first / lanes) * memory.block.bytes);
      host.exports.probabilities(states[states.length - 1], memory.scratch);
      for (let j = 0; j < Math.min(lanes, rows - first); j++) {
        const at = (set * batch.rows + row + first + j) * size;
        for (let k = 0; k < size; k++) out[at + k] = host.numbers[memory.scratch / numberBytes + k * lanes + j];
      }
    }
  });
  return out;
}
