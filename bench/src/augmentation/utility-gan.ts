import type { Task } from '@qloom/datasets/tasks/task.ts';
import type { Critic, CriticOpening } from '@qloom/generator/domain/critic.ts';
import { fitGenerator } from '@qloom/generator/domain/fit.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { unpackModel } from '@qloom/generator/domain/model.ts';
import { sampleModel } from '@qloom/generator/domain/sample.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows } from '@qloom/study/points/rows.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { criticInProcess } from '../overhead/one-process.ts';
import { type UtilityModel, utilityOf } from './utility.ts';

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Inputs of {@link ganPoints}. */
export interface GanInputs {
  readonly task: Task;
  readonly real: Points;
  readonly counts: readonly number[];
  readonly models: readonly UtilityModel[];
  readonly seed: number;
  readonly steps: TrainingSteps | undefined;
}

/**
 * Points of the VAE-GAN with its default hyperparameters, trained with −λ·u as a loss beside the discriminator's: at every
 * step the gradient of the utility by one of the models, in turn, is scaled to `lambda` times the length of the
 * discriminator's gradient, so that λ means the same in every cell.
 */
export async function ganPoints(
  { task, real, counts, models, seed, steps }: GanInputs,
  lambda: number,
): Promise<Points> {
  const { features, classes } = real;
  const { physical, expectations } = task.descriptor;
  const shape = {
    features,
    classes,
    lower: physical.map(({ low }) => low ?? Number.NEGATIVE_INFINITY),
    upper: physical.map(({ high }) => high ?? Number.POSITIVE_INFINITY),
    shots: expectations?.shots ?? 0,
  };
  const settings = generatorSettings({ method: 'gan' });
  const { signal } = new AbortController();
  const order = createRandom(`utility/${seed}`);
  const openCritic = async (opening: CriticOpening): Promise<Critic> => {
    const critic = criticInProcess(opening, steps);
    if (lambda === 0) return critic;
    return {
      ...critic,
      async step(step) {
        const answer = await critic.step(step);
        if (!answer.gradient) return answer;
        const points = { count: step.count, features, classes, x: step.x, y: step.classes };
        const { gradient } = await utilityOf([models[order.integer(models.length)]], points);
        const scale = (lambda * Math.hypot(...answer.gradient)) / (Math.hypot(...gradient) || 1);
        return { ...answer, gradient: answer.gradient.map((value, i) => value - scale * gradient[i]) };
      },
    };
  };
  const data = { points: real, shape };
  const { model } = await fitGenerator({ settings, data, seed, signal, openCritic, steps, breathe });
  const parts: Points[] = [];
  for await (const part of sampleModel(unpackModel(model), { counts, seed, signal, breathe })) parts.push(part);
  return concatenateRows(parts);
}
