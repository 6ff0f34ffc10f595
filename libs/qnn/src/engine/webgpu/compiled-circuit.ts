import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
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
import type { Dispatch, Region, WebgpuDevice } from './device.ts';
import { AMPLITUDE_BYTES, type KernelShape } from './kernel-shape.ts';
import { pauliTable } from './pauli-table.ts';
import { CALL_WORDS, kernelBindings, printReduction, REDUCTION_BINDINGS } from './print-kernel.ts';

/** Settings of {@link compileExecutor}. */
export interface ExecutorParts {
  readonly circuit: Circuit;
  readonly observables: readonly Observable[];
  readonly device: WebgpuDevice;
  readonly program: GateProgram;
  readonly shape: KernelShape;
  readonly pipeline: GPUComputePipeline;
  readonly limits: EngineLimits;
  readonly maxExecutions?: number;
}

/** Parts of the kernel that a dispatch runs. */
interface Sweeps {
  readonly forward?: boolean;
  readonly keep?: boolean;
  readonly backward?: boolean;
  /** Whether the gradients of each execution are read back. */
  readonly own?: boolean;
}

/**
 * A circuit on the device: fills the tables, dispatches the kernel chunk by chunk, and applies the chain rule to the
 * results.
 */
export async function compileExecutor(parts: ExecutorParts): Promise<CompiledCircuit> {
  const { circuit, observables, device, program, shape, pipeline } = parts;
  const observed = observables.length;
  const { set: setSlots, row: rowSlots } = program.gradients;
  const size = 2 ** circuit.qubits;
  const capacity = capacityOf(parts);
  const terms = pauliTable(observables);
  const tables = createBatchTables(program, circuit);
  const reduction = setSlots > 0 ? await device.pipeline(printReduction(setSlots), REDUCTION_BINDINGS) : null;

  /**
   * Runs the kernel on a chunk whose tables are filled; returns expectations, gradients per set, gradients per
   * execution, and φ.
   */
  const dispatch = (chunk: Chunk, sweeps: Sweeps, cotangents: Float32Array<ArrayBuffer>): Promise<Float32Array[]> => {
    const executions = chunk.sets * chunk.rows;
    const call = new Uint32Array(CALL_WORDS);
    call.set([executions, chunk.rows, sweeps.forward ? 1 : 0, sweeps.keep ? 1 : 0, sweeps.backward ? 1 : 0]);
    const keeps = sweeps.keep || (sweeps.backward && !sweeps.forward) || shape.memory === 'storage';
    const buffers = {
      call: device.uniform(call),
      setValues: device.storage('setValues', 4 * tables.setValues.length),
      rowValues: device.storage('rowValues', 4 * tables.rowValues.length),
      terms: device.storage('terms', terms.byteLength),
      cotangents: device.storage('cotangents', 4 * executions * observed),
      expectations: device.storage('expectations', 4 * executions * observed),
      gradients: device.storage('gradients', 4 * executions * (setSlots + rowSlots)),
      phi: device.storage('phi', keeps ? AMPLITUDE_BYTES * executions * size : 0),
      lambda: device.storage('lambda', shape.memory === 'storage' ? AMPLITUDE_BYTES * executions * size : 0),
    };
    // A backward sweep alone follows a forward sweep, which has written them.
    if (sweeps.forward) {
      device.write(buffers.setValues, tables.setValues);
      device.write(buffers.rowValues, tables.rowValues);
      device.write(buffers.terms, terms);
    }
    if (sweeps.backward) device.write(buffers.cotangents, cotangents);
    const bound = Object.values(buffers).slice(0, kernelBindings(shape).length);
    const dispatches: Dispatch[] = [
      { pipeline, buffers: bound, workgroups: [Math.ceil(executions / shape.samples), 1] },
    ];
    const totals = device.storage('totals', 4 * chunk.sets * setSlots);
    if (sweeps.backward && reduction) {
      const reduced = [buffers.call, buffers.gradients, totals];
      dispatches.push({ pipeline: reduction, buffers: reduced, workgroups: [setSlots, chunk.sets] });
    }
    const back = (buffer: GPUBuffer, count: number, offset = 0): Region => ({
      buffer,
      offset: 4 * offset,
      bytes: 4 * count,
    });
    return device.run(dispatches, [
      back(buffers.expectations, sweeps.forward ? executions * observed : 0),
      back(totals, sweeps.backward ? chunk.sets * setSlots : 0),
      back(buffers.gradients, sweeps.own ? executions * rowSlots : 0, executions * setSlots),
      back(buffers.phi, sweeps.keep ? 2 * executions * size : 0),
    ]);
  };
  const chunks = (batch: CircuitBatch) => chunksOf(batch, capacity);
  const nothing = new Float32Array(0);
  let expectations = new Float64Array(0);
  const begin = (batch: CircuitBatch) => {
    expectations = new Float64Array(batch.sets * batch.rows * observed);
  };
  const storeExpectations = (values: Float32Array, chunk: Chunk, batch: CircuitBatch) =>
    expectations.set(values, (chunk.set * batch.rows + chunk.row) * observed);

  /**
   * One chunk's gradients: one dispatch if the cotangents are given, else two with the caller's function in between.
   */
  const differentiateChunk = async (
    batch: CircuitBatch,
    chunk: Chunk,
    cotangentsOf: RowCotangents,
    given: boolean,
    own: boolean,
  ): Promise<readonly Float32Array[]> => {
    tables.fill(batch, chunk);
    const cotangents = new Float32Array(chunk.sets * chunk.rows * observed);
    const ask = () => {
      const one = new Float64Array(observed);
      for (let i = 0; i < chunk.sets * chunk.rows; i++) {
        const set = chunk.set + Math.floor(i / chunk.rows);
        const row = chunk.row + (i % chunk.rows);
        const at = (set * batch.rows + row) * observed;
        cotangentsOf(set, row, expectations.subarray(at, at + observed), one);
        cotangents.set(one, i * observed);
      }
    };
    if (given) {
      ask();
      const both = await dispatch(chunk, { forward: true, backward: true, own }, cotangents);
      storeExpectations(both[0], chunk, batch);
      return both;
    }
    const [values] = await dispatch(chunk, { forward: true, keep: true }, nothing);
    storeExpectations(values, chunk, batch);
    ask();
    return dispatch(chunk, { backward: true, own }, cotangents);
  };
  const differentiate = async (
    batch: CircuitBatch,
    cotangentsOf: RowCotangents,
    given: boolean,
    wantInputs: boolean,
  ): Promise<BatchGradient> => {
    begin(batch);
    const gradient = tables.startGradient(batch, wantInputs);
    const needed = tables.needsOwn(wantInputs);
    for (const chunk of chunks(batch)) {
      const [, totals, own] = await differentiateChunk(batch, chunk, cotangentsOf, given, needed);
      gradient.add(chunk, totals, own);
    }
    return { expectations, parameters: gradient.parameters, inputs: gradient.inputs };
  };

  return {
    circuit,
    observables,
    forward: (batch) =>
      device.exclusively(async () => {
        checkBatch(batch, circuit);
        begin(batch);
        for (const chunk of chunks(batch)) {
          tables.fill(batch, chunk);
          storeExpectations((await dispatch(chunk, { forward: true }, nothing))[0], chunk, batch);
        }
        return expectations;
      }),
    probabilities: (batch) =>
      device.exclusively(async () => {
        checkBatch(batch, circuit);
        const out = new Float64Array(batch.sets * batch.rows * size);
        for (const chunk of chunks(batch)) {
          tables.fill(batch, chunk);
          const [, , , phi] = await dispatch(chunk, { forward: true, keep: true }, nothing);
          const at = (chunk.set * batch.rows + chunk.row) * size;
          for (let k = 0; k < phi.length / 2; k++) out[at + k] = phi[2 * k] ** 2 + phi[2 * k + 1] ** 2;
        }
        return out;
      }),
    adjoint: (batch, cotangents, want = {}) =>
      device.exclusively(async () => {
        checkBatch(batch, circuit, cotangents, observed);
        return differentiate(batch, givenCotangents(batch, cotangents, observed), true, want.inputs ?? false);
      }),
    differentiate: (batch, cotangentsOf, want = {}) =>
      device.exclusively(async () => {
        checkBatch(batch, circuit);
        return differentiate(batch, cotangentsOf, false, want.inputs ?? false);
      }),
  };
}

/**
 * Maximum number of executions of one dispatch, by the number of workgroups, the size of each buffer, and the memory
 * for states.
 */
function capacityOf({ observables, device, program, shape, circuit, limits, maxExecutions }: ExecutorParts): number {
  const { maxStorageBufferBindingSize: binding, maxComputeWorkgroupsPerDimension: workgroups } = device.limits;
  const { values } = program;
  const state = AMPLITUDE_BYTES * 2 ** circuit.qubits;
  const widest = Math.max(4 * values.set, 4 * values.row, 4 * observables.length, state);
  const gradients = 4 * (program.gradients.set + program.gradients.row);
  return Math.max(
    1,
    Math.min(
      workgroups * shape.samples,
      workgroups,
      Math.floor(binding / Math.max(widest, gradients)),
      Math.floor(limits.maxStateBytes / (2 * state)),
      maxExecutions ?? Infinity,
    ),
  );
}
