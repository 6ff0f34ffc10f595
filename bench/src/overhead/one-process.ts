// The work of an episode with no service around it: the same fits, samples, assessments and trainings, one after another in
// one process. What services, log and traces add is measured against it.

import { createSplitManifest } from '@qloom/datasets/split/split-manifest.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import { assess } from '@qloom/discriminator/domain/assess/assess.ts';
import { openCritiqueSession } from '@qloom/discriminator/domain/critic/critique-session.ts';
import { criticSettings } from '@qloom/discriminator/domain/critic/settings.ts';
import type { Critic, CriticOpening } from '@qloom/generator/domain/critic.ts';
import { fitGenerator } from '@qloom/generator/domain/fit.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { unpackModel } from '@qloom/generator/domain/model.ts';
import { sampleModel } from '@qloom/generator/domain/sample.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { evaluateUtility } from '@qloom/qnn-sim/domain/evaluation.ts';
import { createJobRunner, type JobPool } from '@qloom/qnn-sim/domain/jobs.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows, selectRows } from '@qloom/study/points/rows.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A critic that is called in process. Like the service it answers first, and is updated before the next exchange. */
export function criticInProcess(opening: CriticOpening, steps: TrainingSteps | undefined): Critic {
  const { hyperparameters, weights, training, seed, resume } = opening;
  const settings = criticSettings(hyperparameters as Record<string, number | string>, weights);
  const session = openCritiqueSession({ settings, training, seed, resume, steps });
  return {
    async step(step) {
      const result = await session.step(step);
      while (await session.advance());
      return result;
    },
    checkpoint: async () => (await session.checkpoint()).bytes,
    close: async () => void session.close(),
  };
}

/**
 * Does the work of one episode, trained with these compiled steps, or eagerly without; resolves to the held-out losses, so that
 * nothing of it can be skipped.
 */
export async function episodeInOneProcess(
  folds: readonly { readonly training: Points; readonly heldOut: Points }[],
  hyperparameters: Configuration,
  seed: number,
  steps: TrainingSteps | undefined,
): Promise<number[]> {
  const { signal } = new AbortController();
  const runner = createJobRunner(() => performance.now());
  const pool: JobPool = { size: 1, run: (job) => runner.run(job, () => false) };
  const losses: number[] = [];
  for (const [fold, { training, heldOut }] of folds.entries()) {
    const { features, classes } = training;
    const shape = { features, classes, lower: [], upper: [], shots: 16 };
    const settings = generatorSettings(hyperparameters);
    const openCritic = async (opening: CriticOpening) => criticInProcess(opening, steps);
    const data = { points: training, shape };
    const fit = await fitGenerator({ settings, data, seed, signal, openCritic, steps, breathe });
    const counts = synthesisPlan(hyperparameters, classCounts(training));
    const parts: Points[] = [];
    for await (const part of sampleModel(unpackModel(fit.model), { counts, seed, signal, breathe })) parts.push(part);
    const synthetic = concatenateRows(parts);
    assess({ training, heldOut, synthetic, seed, physical: null });
    const evaluation = { fold, settings: createQnnSettings(), engine: 'wasm', seeds: [seed], arms: [] };
    for (const { loss } of await evaluateUtility(pool, { ...evaluation, training, synthetic, heldOut })) {
      losses.push(loss);
    }
  }
  return losses;
}

/** The folds of the quickstart's kind of study: 40 labels of the ANNNI chain, three reward folds. */
export function quickstartFolds(seed: number): { training: Points; heldOut: Points }[] {
  const points = createNamedTask('annni', { shots: 16 }).draw({ count: 40, seed });
  const manifest = createSplitManifest(points, { seed, rewardFolds: 3, outer: { kind: 'refold', folds: 3 } });
  return manifest.reward.map(({ train, heldOut }) => ({
    training: selectRows(points, train),
    heldOut: selectRows(points, heldOut),
  }));
}
