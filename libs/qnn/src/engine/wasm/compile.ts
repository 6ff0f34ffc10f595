import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import type { Precision } from '../engine.ts';
import { writeColumnKernels } from './encode-once/column-module.ts';
import { type ColumnPlan, momentVectors, planColumns } from './encode-once/column-plan.ts';
import { type Encoding, findEncoding } from './encode-once/encoding.ts';
import { ASSUMED_ROWS, countOperations, MOST_ROWS, type Operations, takesColumns } from './encode-once/operations.ts';
import { angleFunctions, sincosFunction } from './kernels/trigonometry.ts';
import { type AngleEntries, type AnglePlan, angleEntries, planAngles } from './lowering/angle-plan.ts';
import { type MemoryPlan, planMemory } from './lowering/memory-plan.ts';
import { createShape, type Shape } from './lowering/shape.ts';
import { planStructure, type Structure } from './lowering/structure.ts';
import type { Kernel } from './printing/ir.ts';
import { type Context, writeKernels } from './printing/module.ts';
import { printWasm } from './printing/print-wasm.ts';
import { widen } from './printing/widen.ts';

/** Settings of the compilation. */
export interface CompileOptions {
  readonly precision: Precision;
  /** SIMD registers per vector; default: {@link registersFor}. */
  readonly registers?: 1 | 2;
  /** Relaxed SIMD's fused multiply-add. */
  readonly fused: boolean;
  /** Maximum memory size. Unit: bytes. */
  readonly maxBytes: number;
  /** Keep states for the backward sweep; default: if that takes at most {@link KEEP_BYTES}. */
  readonly keepsStates?: boolean;
  /** Whether circuits that encode once are executed by columns of U(θ); see WasmEngineOptions. Default 'auto'. */
  readonly encodeOnce?: 'auto' | boolean;
}

/** How a circuit that encodes once avoids U(θ) for every row. */
export interface EncodeOnce {
  readonly columns: ColumnPlan;
  readonly operations: Operations;
  /** Whether batches are executed by columns; trainings choose by their own number of rows. */
  readonly forBatches: boolean;
  /** Whether trainings may choose. */
  readonly choosesByRows: boolean;
}

/** A compiled circuit with its memory layout. */
export interface Program {
  readonly structure: Structure;
  readonly shape: Shape;
  readonly angles: AnglePlan;
  readonly memory: MemoryPlan;
  readonly entries: AngleEntries;
  /** Null if every row is executed through the whole circuit. */
  readonly encodeOnce: EncodeOnce | null;
  /** Number of samples that are written to memory at once. */
  readonly chunkRows: number;
  readonly bytes: number;
  readonly pages: number;
}

/**
 * Maximum memory with states kept for the backward sweep: beyond a core's own caches, and especially on two cores at
 * once, un-computing states is faster than loading them. ADR 0018 has the measurement.
 */
const KEEP_BYTES = 6 * 2 ** 20;
const PAGE = 65536;

/** Samples per chunk: the unit of work, whose gradients are summed separately for any number of threads. */
const chunkRowsFor = (qubits: number): number => (qubits < 8 ? 64 : qubits < 13 ? 16 : 8);

/**
 * SIMD registers per vector: two, which V8 merges into one, if a core's caches have room for the states of twice the
 * samples.
 */
const registersFor = (qubits: number): 1 | 2 => (qubits < 13 ? 2 : 1);

/**
 * Plans a valid circuit. Throws CircuitTooLargeError, before anything is allocated, when its memory would be above
 * `maxBytes`; the message says how many qubits of such a circuit fit.
 */
export function planProgram(circuit: Circuit, observables: readonly Observable[], options: CompileOptions): Program {
  const structure = planStructure(circuit, observables);
  const angles = planAngles(structure.slots, circuit.inputs);
  const chunkRows = chunkRowsFor(circuit.qubits);
  const { precision, registers = registersFor(circuit.qubits) } = options;
  const shape = createShape(circuit.qubits, precision, registers);
  const choice = chooseColumns(structure, options.encodeOnce ?? 'auto');
  const outputs = observables.length;
  const sizes = {
    angles: angles.parts.length,
    weights: angles.weights.length,
    totals: angles.totals.length,
    entryBytes: angles.entryBytes,
    features: angles.features.length,
    momentVectors: choice ? momentVectors(choice.encoding, outputs) : 0,
    blockCount: chunkRows / shape.lanes,
  };
  const plan = (keepsStates: boolean) => planMemory(structure, shape, { ...sizes, keepsStates });
  const kept = plan(true);
  const keeps = options.keepsStates ?? kept.bytes <= Math.min(KEEP_BYTES, options.maxBytes);
  const memory = keeps ? kept : plan(false);
  const columns = choice && planColumns(choice.encoding, structure, memory, shape);
  const bytes = columns?.bytes ?? memory.bytes;
  if (bytes > options.maxBytes) {
    if (choice) return planProgram(circuit, observables, { ...options, encodeOnce: false });
    throw tooLarge(circuit.qubits, bytes, options.maxBytes);
  }
  const entries = angleEntries(angles, memory, shape);
  const encodeOnce = columns && choice && { ...choice, columns };
  return { structure, shape, angles, memory, entries, encodeOnce, chunkRows, bytes, pages: Math.ceil(bytes / PAGE) };
}

/** The encoding of a circuit that encodes once and for which moments can be less work than U(θ) for every row. */
function chooseColumns(
  structure: Structure,
  wanted: 'auto' | boolean,
): (Omit<EncodeOnce, 'columns'> & { readonly encoding: Encoding }) | null {
  const encoding = wanted === false ? null : findEncoding(structure);
  if (encoding === null || structure.readout.observables.length === 0) return null;
  const operations = countOperations(structure, encoding);
  const auto = wanted === 'auto';
  if (auto && !takesColumns(operations, MOST_ROWS)) return null;
  return { encoding, operations, forBatches: !auto || takesColumns(operations, ASSUMED_ROWS), choosesByRows: auto };
}

/** The program's WebAssembly module, as bytes. */
export function assemble(program: Program, { precision, fused }: CompileOptions): Uint8Array<ArrayBuffer> {
  const { shape, encodeOnce, angles } = program;
  const raw = [...angleFunctions(shape), sincosFunction(shape)];
  const writeMore = (context: Context) => encodeOnce && writeColumnKernels(context, encodeOnce.columns, angles);
  const kernels = writeKernels(program, writeMore).map((kernel) => widen(kernel, shape.registers));
  return printWasm(kernels, raw, { precision, fused, pages: program.pages });
}

/** The program's kernels, for printing. */
export const programKernels = (program: Program): Kernel[] => writeKernels(program);

function tooLarge(qubits: number, bytes: number, limit: number): CircuitTooLargeError {
  // States dominate the memory and double with every qubit.
  const fits = Math.max(0, qubits - Math.ceil(Math.log2(bytes / limit)));
  return new CircuitTooLargeError(
    `wasm: ${qubits} qubits need ${bytes} bytes for this circuit; at most ${limit} bytes are right, ` +
      `enough for ${fits} qubits of such a circuit`,
  );
}
