import { type BatchGradient, type CircuitBatch, type CompiledCircuit, checkBatch } from '../../engine.ts';
import type { EncodeOnce } from '../compile.ts';
import type { Host } from '../host.ts';
import { createWasmTrainer } from '../wasm-trainer.ts';
import { type ColumnPass, createColumnPass } from './column-pass.ts';
import { takesColumns } from './operations.ts';

/** Context with which a compiled circuit executes batches. */
type Batches = Pick<CompiledCircuit, 'forward' | 'adjoint' | 'differentiate'>;

/** Batches of a circuit that encodes once, by columns of U(θ). */
function createColumnBatches(host: Host, pass: ColumnPass): Batches {
  const { structure, chunkRows } = host.program;
  const { circuit } = structure;
  const observed = structure.readout.observables.length;
  const count = circuit.parameters.length;
  let kept: BatchGradient = {
    expectations: new Float64Array(0),
    parameters: new Float64Array(0),
    inputs: new Float64Array(0),
  };
  /** Zeros of this length; reuses `array` if it has that length. */
  const sized = (array: Float64Array, length: number) =>
    array.length === length ? array.fill(0) : new Float64Array(length);
  const prepare = ({ sets, rows }: CircuitBatch, gradients: boolean, inputs: boolean): BatchGradient => {
    kept = {
      expectations: sized(kept.expectations, sets * rows * observed),
      parameters: gradients ? sized(kept.parameters, sets * count) : kept.parameters,
      inputs: gradients ? sized(kept.inputs, inputs ? sets * rows * circuit.inputs : 0) : kept.inputs,
    };
    return kept;
  };
  /** Calls `visit` for every chunk, with its inputs in memory, and `end` for every parameter vector. */
  const forEachChunk = (
    batch: CircuitBatch,
    visit: (set: number, row: number, rows: number) => void,
    end: (set: number) => void = () => {},
  ) => {
    for (let set = 0; set < batch.sets; set++) {
      pass.begin(batch.parameters, set * count);
      for (let row = 0; row < batch.rows; row += chunkRows) {
        const rows = Math.min(chunkRows, batch.rows - row);
        host.setInputs(batch.inputs, (batch.sharedInputs ? 0 : set * batch.rows) + row, rows);
        visit(set, row, rows);
      }
      end(set);
    }
  };
  const addInputGradients = (batch: CircuitBatch, set: number, row: number, rows: number, out: Float64Array) => {
    const from = (batch.sharedInputs ? 0 : set * batch.rows) + row;
    host.addInputGradients(batch.inputs, from, rows, out, (set * batch.rows + row) * circuit.inputs);
  };

  return {
    async forward(batch) {
      checkBatch(batch, circuit);
      const { expectations } = prepare(batch, false, false);
      forEachChunk(batch, (set, row, rows) => pass.evaluate(expectations, set * batch.rows + row, rows));
      return expectations;
    },
    async adjoint(batch, cotangents, { inputs = false } = {}) {
      checkBatch(batch, circuit, cotangents, observed);
      const out = prepare(batch, true, inputs);
      forEachChunk(
        batch,
        (set, row, rows) => {
          const at = set * batch.rows + row;
          pass.evaluate(out.expectations, at, rows);
          pass.collect(cotangents, at, rows, inputs);
          if (inputs) addInputGradients(batch, set, row, rows, out.inputs);
        },
        (set) => pass.finish(out.parameters, set * count),
      );
      return out;
    },
    async differentiate(batch, cotangentsOf, { inputs = false } = {}) {
      checkBatch(batch, circuit);
      const out = prepare(batch, true, inputs);
      forEachChunk(
        batch,
        (set, row, rows) => {
          const at = set * batch.rows + row;
          pass.sweep(out.expectations, at, rows, inputs, (i, values, slopes) =>
            cotangentsOf(set, row + i, values, slopes),
          );
          if (inputs) addInputGradients(batch, set, row, rows, out.inputs);
        },
        (set) => pass.finish(out.parameters, set * count),
      );
      return out;
    },
  };
}

/** A compiled circuit that executes by columns if its program selects that. */
export function withColumns(rowWise: CompiledCircuit, host: Host, choice: EncodeOnce): CompiledCircuit {
  const pass = createColumnPass(host, choice.columns);
  return {
    ...rowWise,
    ...(choice.forBatches ? createColumnBatches(host, pass) : {}),
    createTrainer(setup) {
      const byColumns = !choice.choosesByRows || takesColumns(choice.operations, setup.rows);
      return byColumns || !rowWise.createTrainer
        ? createWasmTrainer(host, setup, { pass })
        : rowWise.createTrainer(setup);
    },
  };
}
