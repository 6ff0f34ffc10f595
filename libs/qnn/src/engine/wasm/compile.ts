import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import type { Observable } from '@qloom/quantum/observable.ts';
import type { Precision } from '../engine.ts';
import { type AngleEntries, type AnglePlan, angleEntries, planAngles } from './angle-plan.ts';
import type { Kernel } from './ir.ts';
import { angleFunctions, sincosFunction } from './kernels/trigonometry.ts';
import { type MemoryPlan, planMemory } from './memory-plan.ts';
import { writeKernels } from './module.ts';
import { printWasm } from './print-wasm.ts';
import { createShape, type Shape } from './shape.ts';
import { planStructure, type Structure } from './structure.ts';
import { widen } from './widen.ts';

/** What a program is compiled for. */
export interface CompileOptions {
  readonly precision: Precision;
  /** SIMD registers a vector; default: {@link registersFor}. */
  readonly registers?: 1 | 2;
  /** Relaxed SIMD's fused multiply-add. */
  readonly fused: boolean;
  /** The most bytes of memory. */
  readonly maxBytes: number;
  /** Keep states for the backward sweep; default: where that takes no more than {@link KEEP_BYTES}. */
  readonly keepsStates?: boolean;
}

/** A circuit compiled to where everything lies in memory. */
export interface Program {
  readonly structure: Structure;
  readonly shape: Shape;
  readonly angles: AnglePlan;
  readonly memory: MemoryPlan;
  readonly entries: AngleEntries;
  /** Samples that are handed over at once. */
  readonly chunkRows: number;
  readonly pages: number;
}

/** States kept for the backward sweep stay below this. */
const KEEP_BYTES = 2 ** 29;
const PAGE = 65536;

/** Samples a chunk: the unit of work, whose gradients are summed by themselves whatever the number of threads. */
export const chunkRowsFor = (qubits: number): number => (qubits < 8 ? 64 : qubits < 13 ? 16 : 8);

/** SIMD registers a vector: two, which V8 merges into one, as long as a core's caches hold states of twice the samples. */
export const registersFor = (qubits: number): 1 | 2 => (qubits < 13 ? 2 : 1);

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
  const sizes = {
    angles: angles.parts.length,
    weights: angles.weights.length,
    totals: angles.totals.length,
    entryBytes: angles.entryBytes,
    features: angles.features.length,
    blockCount: chunkRows / shape.lanes,
  };
  const plan = (keepsStates: boolean) => planMemory(structure, shape, { ...sizes, keepsStates });
  const kept = plan(true);
  const keeps = options.keepsStates ?? kept.bytes <= Math.min(KEEP_BYTES, options.maxBytes);
  const memory = keeps ? kept : plan(false);
  if (memory.bytes > options.maxBytes) throw tooLarge(circuit.qubits, memory.bytes, options.maxBytes);
  const entries = angleEntries(angles, memory, shape);
  return { structure, shape, angles, memory, entries, chunkRows, pages: Math.ceil(memory.bytes / PAGE) };
}

/** The program's WebAssembly module, as bytes. */
export function assemble(program: Program, { precision, fused }: CompileOptions): Uint8Array<ArrayBuffer> {
  const { shape } = program;
  const raw = [...angleFunctions(shape), sincosFunction(shape)];
  const kernels = programKernels(program).map((kernel) => widen(kernel, shape.registers));
  return printWasm(kernels, raw, { precision, fused, pages: program.pages });
}

/** The program's kernels, for whoever prints them. */
export const programKernels = ({ structure, memory, entries, shape }: Program): Kernel[] =>
  writeKernels(structure, memory, entries, shape);

function tooLarge(qubits: number, bytes: number, limit: number): CircuitTooLargeError {
  // States dominate, and double with every qubit.
  const fits = Math.max(0, qubits - Math.ceil(Math.log2(bytes / limit)));
  return new CircuitTooLargeError(
    `wasm: ${qubits} qubits need ${bytes} bytes for this circuit; at most ${limit} bytes are right, ` +
      `which ${fits} qubits of such a circuit take`,
  );
}
