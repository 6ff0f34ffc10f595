import type { CompiledCircuit, Engine } from '@qloom/qnn/engine/engine.ts';
import { findEngines } from '@qloom/qnn/engine/select-engine.ts';
import { batchOf, benchCircuit, benchObservables, type Problem, squaredErrorCotangents } from '../problem.ts';
import { type Contender, timeCalls } from './contender.ts';
import type { StepResult } from './naive.ts';

/** An engine of libs/qnn, in this process. */
export interface EngineContender extends Contender {
  /** Forward and adjoint of a problem, without a clock. */
  evaluate(problem: Problem): Promise<StepResult>;
}

/** Engines that would take minutes for a batch, and how many rows they are given: one goes row by row, one is made for GPUs. */
const FEW_ROWS: ReadonlyMap<string, number> = new Map([
  ['reference', 4],
  ['tfjs', 4],
]);

/** Makes a contender of an engine. `nowMs` is a monotonic clock. */
export function createEngineContender(engine: Engine, detail: string, nowMs: () => number): EngineContender {
  let prepared: { compiled: CompiledCircuit; problem: Problem } | undefined;
  const compile = ({ qubits, layers }: Problem) =>
    engine.compile(benchCircuit(qubits, layers), benchObservables(qubits));
  const step = (compiled: CompiledCircuit, problem: Problem) =>
    compiled.differentiate(batchOf(problem), squaredErrorCotangents(problem));
  return {
    name: `${engine.name} ${engine.precision}`,
    ours: true,
    about: `${detail}, Node ${process.versions.node}`,
    gradients: true,
    rows: ({ batch }) => Math.min(batch, FEW_ROWS.get(engine.name) ?? batch),
    async prepare(problem) {
      const begin = nowMs();
      const compiled = await compile(problem);
      const { expectations, parameters } = await step(compiled, problem);
      const firstMs = nowMs() - begin;
      prepared = { compiled, problem };
      return { firstMs, expectations: expectations.slice(0, problem.qubits), gradient: parameters.slice(), note: '' };
    },
    async time(work, seconds, most) {
      if (prepared === undefined) throw new TypeError(`${engine.name}: time comes after prepare`);
      const { compiled, problem } = prepared;
      const batch = batchOf(problem);
      const call = work === 'step' ? () => step(compiled, problem) : () => compiled.forward(batch);
      return timeCalls(call, seconds, most, nowMs);
    },
    async evaluate(problem) {
      const { expectations, parameters } = await step(await compile(problem), problem);
      return { expectations: expectations.slice(), gradient: parameters.slice() };
    },
    close: async () => engine.dispose(),
  };
}

/** An engine that cannot be used here, and why. */
export interface MissingEngine {
  readonly name: string;
  readonly reason: string;
}

/** Starts every engine that is here, each in its default precision. */
export async function startEngines(
  nowMs: () => number,
): Promise<{ engines: EngineContender[]; missing: MissingEngine[] }> {
  const engines: EngineContender[] = [];
  const missing: MissingEngine[] = [];
  for (const { entry, availability } of await findEngines()) {
    if (availability.available) {
      engines.push(createEngineContender(await entry.create(), availability.detail, nowMs));
    } else missing.push({ name: entry.name, reason: availability.reason });
  }
  return { engines, missing };
}
