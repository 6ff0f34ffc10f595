import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { CircuitBatch } from '../engine.ts';
import { addAmplitudeGradient, fillAmplitudes } from './amplitudes.ts';
import type { Chunk } from './chunks.ts';
import { addSlotGradients, type GateProgram, type Slot } from './gate-program.ts';
import { createRowWriter } from './table-writer.ts';

/** The tables of a chunk: the values to write to the device, and the chain rule for the gradients read back. */
export interface BatchTables {
  /** Shape [sets, values per set], of the chunk that was filled last. */
  readonly setValues: Float32Array<ArrayBuffer>;
  /** Shape [sets · rows, values per execution]. */
  readonly rowValues: Float32Array<ArrayBuffer>;
  fill(batch: CircuitBatch, chunk: Chunk): void;
  /**
   * Whether the gradients of each execution are needed: for the gradient with respect to inputs, or if inputs multiply
   * parameters.
   */
  needsOwn(wantInputs: boolean): boolean;
  /** Gradients of a batch, initially zero. */
  startGradient(batch: CircuitBatch, wantInputs: boolean): BatchGradientSum;
}

/** Gradients with respect to parameters and inputs, summed chunk by chunk. */
export interface BatchGradientSum {
  readonly parameters: Float64Array;
  readonly inputs: Float64Array;
  /**
   * Adds a chunk's gradients: `totals` of shape [sets, gradients per set], summed over rows, and `own` of shape [sets ·
   * rows, gradients per row], which may be empty if not needed.
   */
  add(chunk: Chunk, totals: ArrayLike<number>, own: ArrayLike<number>): void;
}

/** Whether an angle depends on a parameter. */
const isTrainable = ({ angle }: Slot): boolean => angle.terms.some(({ parameter }) => parameter !== null);

/** The tables of a program. */
export function createBatchTables(program: GateProgram, circuit: Circuit): BatchTables {
  const { values, slots, gradients, prepared } = program;
  const parametersOf = (batch: CircuitBatch, set: number) =>
    batch.parameters.subarray(set * circuit.parameters.length, (set + 1) * circuit.parameters.length);
  const inputsOf = (batch: CircuitBatch, set: number, row: number) => {
    const at = (batch.sharedInputs ? row : set * batch.rows + row) * circuit.inputs;
    return batch.inputs.subarray(at, at + circuit.inputs);
  };
  const writeSet = createRowWriter(program, 'set');
  const writeRow = createRowWriter(program, 'row');
  const trainable = slots.row.some(isTrainable);
  const none = new Float64Array(0);
  let setValues = new Float32Array(0);
  let rowValues = new Float32Array(0);
  return {
    get setValues() {
      return setValues;
    },
    get rowValues() {
      return rowValues;
    },
    fill(batch, chunk) {
      setValues = sized(setValues, chunk.sets * values.set);
      rowValues = sized(rowValues, chunk.sets * chunk.rows * values.row);
      for (let s = 0; s < chunk.sets; s++) {
        const parameters = parametersOf(batch, chunk.set + s);
        writeSet(parameters, none, setValues, s * values.set);
        if (values.row === 0) continue;
        for (let r = 0; r < chunk.rows; r++) {
          const inputs = inputsOf(batch, chunk.set + s, chunk.row + r);
          const at = (s * chunk.rows + r) * values.row;
          writeRow(parameters, inputs, rowValues, at);
          if (prepared > 0) fillAmplitudes(inputs, prepared, rowValues, at + values.row - prepared);
        }
      }
    },
    needsOwn: (wantInputs) => wantInputs || trainable,
    startGradient(batch, wantInputs) {
      const parameterGradients = new Float64Array(batch.sets * circuit.parameters.length);
      const inputGradients = new Float64Array(wantInputs ? batch.sets * batch.rows * circuit.inputs : 0);
      const ignored = new Float64Array(circuit.inputs);
      return {
        parameters: parameterGradients,
        inputs: inputGradients,
        add(chunk, totals, own) {
          for (let s = 0; s < chunk.sets; s++) {
            const set = chunk.set + s;
            const parameters = parametersOf(batch, set);
            const { length } = parameters;
            const into = parameterGradients.subarray(set * length, (set + 1) * length);
            addSlotGradients(slots.set, totals, s * gradients.set, parameters, none, into, ignored);
            if (gradients.row === 0 || !(wantInputs || trainable)) continue;
            for (let r = 0; r < chunk.rows; r++) {
              const row = chunk.row + r;
              const at = (set * batch.rows + row) * circuit.inputs;
              const intoInputs = wantInputs ? inputGradients.subarray(at, at + circuit.inputs) : ignored;
              const from = (s * chunk.rows + r) * gradients.row;
              const inputs = inputsOf(batch, set, row);
              addSlotGradients(slots.row, own, from, parameters, inputs, into, intoInputs);
              if (wantInputs && prepared > 0) {
                addAmplitudeGradient(inputs, prepared, own, from + slots.row.length, intoInputs);
              }
            }
          }
        },
      };
    },
  };
}

const sized = (array: Float32Array<ArrayBuffer>, length: number) =>
  array.length === length ? array : new Float32Array(length);
