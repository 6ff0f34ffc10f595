import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import * as tf from '@tensorflow/tfjs-core';
import {
  type BatchGradient,
  type CircuitBatch,
  type CompiledCircuit,
  checkBatch,
  type EngineLimits,
  givenCotangents,
} from '../engine.ts';
import { createBatchTables } from '../gate-program/batch-tables.ts';
import { type Chunk, chunksOf } from '../gate-program/chunks.ts';
import type { GateProgram } from '../gate-program/gate-program.ts';
import type { RowCotangents } from '../row-loss.ts';
import type { Amplitudes } from './amplitudes.ts';
import { tensorReadout } from './tensor-readout.ts';
import { tensorSweep } from './tensor-sweep.ts';

/** Number of tensors of a state's size that exist at once in a gate's step: both states and intermediate results. */
const TENSORS_AT_ONCE = 16;

/** A circuit as tensor operations. */
export function compileTensors(
  circuit: Circuit,
  observables: readonly Observable[],
  program: GateProgram,
  limits: EngineLimits,
  track: <T extends tf.Tensor>(tensor: T) => T,
): CompiledCircuit {
  const observed = observables.length;
  const sweep = tensorSweep(program, track);
  const readout = tensorReadout(observables, circuit.qubits, track);
  const tables = createBatchTables(program, circuit);
  const capacity = Math.max(1, Math.floor(limits.maxStateBytes / (4 * TENSORS_AT_ONCE * 2 ** circuit.qubits)));

  /** The values of all gates for every execution, side by side. */
  const valuesOf = (batch: CircuitBatch, chunk: Chunk): tf.Tensor2D => {
    tables.fill(batch, chunk);
    const executions = chunk.sets * chunk.rows;
    const all = new Float32Array(executions * sweep.width).fill(1);
    for (const { op, offset } of sweep.columns) {
      const { length } = op.form.values;
      const from = op.scope === 'set' ? tables.setValues : tables.rowValues;
      for (let i = 0; i < executions; i++) {
        const line = op.scope === 'set' ? Math.floor(i / chunk.rows) : i;
        const at = line * program.values[op.scope] + op.valueOffset;
        for (let v = 0; v < length; v++) all[i * sweep.width + offset + v] = from[at + v];
      }
    }
    return tf.tensor2d(all, [executions, sweep.width]);
  };
  /** The states' first amplitudes, of the chunk whose tables were filled last. */
  const firstAmplitudes = (executions: number): tf.Tensor2D => {
    const { prepared, values } = program;
    if (prepared === 0) return tf.ones([executions, 1]);
    const all = new Float32Array(executions * prepared);
    for (let i = 0; i < executions; i++) {
      const end = (i + 1) * values.row;
      all.set(tables.rowValues.subarray(end - prepared, end), i * prepared);
    }
    return tf.tensor2d(all, [executions, prepared]);
  };
  let expectations = new Float64Array(0);
  /**
   * Runs a chunk forward and stores its expectations; `use` receives φ and the values, which are disposed of
   * afterwards.
   */
  const execute = async (
    batch: CircuitBatch,
    chunk: Chunk,
    use: (phi: Amplitudes, values: tf.Tensor2D) => Promise<void>,
  ): Promise<void> => {
    const values = valuesOf(batch, chunk);
    const first = firstAmplitudes(chunk.sets * chunk.rows);
    const phi = sweep.forward(first, values);
    const measured = readout.measure(phi);
    try {
      expectations.set(await measured.data(), (chunk.set * batch.rows + chunk.row) * observed);
      await use(phi, values);
    } finally {
      tf.dispose([measured, first, values, phi.re, phi.im]);
    }
  };
  const begin = (batch: CircuitBatch): Generator<Chunk> => {
    expectations = new Float64Array(batch.sets * batch.rows * observed);
    return chunksOf(batch, capacity);
  };
  const ask = (batch: CircuitBatch, chunk: Chunk, cotangentsOf: RowCotangents): tf.Tensor2D => {
    const executions = chunk.sets * chunk.rows;
    const all = new Float32Array(executions * observed);
    const one = new Float64Array(observed);
    for (let i = 0; i < executions; i++) {
      const [set, row] = [chunk.set + Math.floor(i / chunk.rows), chunk.row + (i % chunk.rows)];
      const at = (set * batch.rows + row) * observed;
      cotangentsOf(set, row, expectations.subarray(at, at + observed), one);
      all.set(one, i * observed);
    }
    return tf.tensor2d(all, [executions, observed]);
  };
  const differentiate = async (
    batch: CircuitBatch,
    cotangentsOf: RowCotangents,
    wantInputs: boolean,
  ): Promise<BatchGradient> => {
    const sum = tables.startGradient(batch, wantInputs);
    for (const chunk of begin(batch)) {
      await execute(batch, chunk, async (phi, values) => {
        const cotangents = ask(batch, chunk, cotangentsOf);
        const lambda = readout.seed(phi, cotangents);
        const own = { re: tf.clone(phi.re), im: tf.clone(phi.im) };
        const { set, row } = sweep.backward(own, lambda, values);
        const totals = set && tf.tidy(() => tf.sum(tf.reshape(set, [chunk.sets, chunk.rows, -1]), 1));
        const [ofSets, ofRows] = await Promise.all([totals?.data() ?? [], row?.data() ?? []]);
        sum.add(chunk, ofSets, ofRows);
        tf.dispose([cotangents, ...[set, row, totals].filter((tensor) => tensor !== null)]);
      });
    }
    return { expectations, parameters: sum.parameters, inputs: sum.inputs };
  };

  return {
    circuit,
    observables,
    async forward(batch) {
      checkBatch(batch, circuit);
      for (const chunk of begin(batch)) await execute(batch, chunk, async () => {});
      return expectations;
    },
    async probabilities(batch) {
      checkBatch(batch, circuit);
      const size = 2 ** circuit.qubits;
      const out = new Float64Array(batch.sets * batch.rows * size);
      for (const chunk of begin(batch)) {
        await execute(batch, chunk, async ({ re, im }) => {
          const squares = tf.tidy(() => tf.add(tf.square(re), tf.square(im)));
          out.set(await squares.data(), (chunk.set * batch.rows + chunk.row) * size);
          squares.dispose();
        });
      }
      return out;
    },
    async adjoint(batch, cotangents, want = {}) {
      checkBatch(batch, circuit, cotangents, observed);
      return differentiate(batch, givenCotangents(batch, cotangents, observed), want.inputs ?? false);
    },
    async differentiate(batch, cotangentsOf, want = {}) {
      checkBatch(batch, circuit);
      return differentiate(batch, cotangentsOf, want.inputs ?? false);
    },
  };
}
