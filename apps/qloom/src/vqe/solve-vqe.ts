import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { groundEnergy, MAX_EXACT_QUBITS } from '@qloom/qnn/vqe/ground-energy.ts';
import type { Hamiltonian } from '@qloom/qnn/vqe/hamiltonian.ts';
import {
  type EnergyProgress,
  type LowestEnergy,
  type MinimizeSettings,
  minimizeEnergy,
} from '@qloom/qnn/vqe/minimize-energy.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { createRandom } from '@qloom/random/random.ts';
import { chooseEngine } from '../engine/choose-engine.ts';

/** What {@link solveVqe} solves, and how. */
export interface VqeTask {
  readonly hamiltonian: Hamiltonian;
  /** Without inputs. */
  readonly circuit: Circuit;
  readonly settings: MinimizeSettings;
  readonly seed: number;
  /** `auto` or an engine's name; it runs in float64. */
  readonly engine: string;
  /** Whether to set the exact energy beside it, where the qubits allow. */
  readonly exact: boolean;
}

/** The result of a minimization. */
export interface VqeOutcome extends LowestEnergy {
  readonly engine: string;
  /** Why `auto` took it; absent where it was named. */
  readonly engineReason?: string;
  /** The lowest eigenvalue by Lanczos' method; null where it was not asked for or there are too many qubits. */
  readonly exact: number | null;
  /** Of the minimization. Unit: seconds. */
  readonly seconds: number;
}

/** Whom a search tells. */
export interface VqeHooks {
  /** After every step. */
  readonly onProgress: (progress: EnergyProgress) => void;
  /** A monotonic clock, milliseconds. */
  readonly nowMs: () => number;
}

/** Finds the lowest energy in float64. Throws CircuitError and the errors of engines, which say what would be right. */
export async function solveVqe(task: VqeTask, { onProgress, nowMs }: VqeHooks): Promise<VqeOutcome> {
  const { hamiltonian, circuit, settings, seed } = task;
  const observables = [hamiltonian.observable];
  const step = { description: 'a step of this search', circuit, observables, rows: 1 };
  const { selected, reason } = await chooseEngine(task.engine, step, nowMs);
  const engine = await createEngine(selected, { precision: 'float64' });
  const began = nowMs();
  try {
    const lowest = await minimizeEnergy({
      engine,
      circuit,
      hamiltonian: hamiltonian.observable,
      settings,
      random: createRandom(seed),
      onProgress,
    });
    const seconds = (nowMs() - began) / 1000;
    const known = task.exact && circuit.qubits <= MAX_EXACT_QUBITS;
    const exact = known ? groundEnergy(hamiltonian.observable, circuit.qubits, createRandom(seed)) : null;
    return { ...lowest, engine: selected, engineReason: reason, exact, seconds };
  } finally {
    engine.dispose();
  }
}
