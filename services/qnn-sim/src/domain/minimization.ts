import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { buildCircuit, type CircuitSource } from '@qloom/qnn/model/circuit-source.ts';
import { TrainingCancelledError } from '@qloom/qnn/training/errors.ts';
import {
  type EnergyProgress,
  type LowestEnergy,
  type MinimizeSettings,
  minimizeEnergy,
} from '@qloom/qnn/vqe/minimize-energy.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { createRandom } from '@qloom/random/random.ts';

/** Minimizes an expectation over a circuit's parameters. */
export interface MinimizeJob {
  readonly kind: 'minimize';
  /** Name of an engine that offers float64. */
  readonly engine: string;
  readonly circuit: CircuitSource;
  readonly hamiltonian: Observable;
  readonly settings: MinimizeSettings;
  readonly seed: number;
}

/** Callbacks of a minimization. */
export interface MinimizeHooks {
  /** Called after every step; true ends it with TrainingCancelledError. */
  readonly shouldStop: () => boolean;
  /** Called every 10 steps. */
  readonly onProgress?: (at: EnergyProgress) => void;
}

/** Runs the job. */
export async function minimize(job: MinimizeJob, { shouldStop, onProgress }: MinimizeHooks): Promise<LowestEnergy> {
  const engine = await createEngine(job.engine, { precision: 'float64' });
  try {
    return await minimizeEnergy({
      engine,
      circuit: buildCircuit(job.circuit),
      hamiltonian: job.hamiltonian,
      settings: job.settings,
      random: createRandom(job.seed),
      onProgress(at) {
        if (shouldStop())
          throw new TrainingCancelledError(`minimization stopped at step ${at.step} of start ${at.restart}`);
        if (at.step % 10 === 0) onProgress?.(at);
      },
    });
  } finally {
    engine.dispose();
  }
}
