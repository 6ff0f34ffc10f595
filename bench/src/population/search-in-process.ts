import type { EpisodeResult, Policy } from '@qloom/agent/domain/policy/policy.ts';
import type { CriticOpening } from '@qloom/generator/domain/critic.ts';
import { fitGenerator } from '@qloom/generator/domain/fit.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { unpackModel } from '@qloom/generator/domain/model.ts';
import { sampleModel } from '@qloom/generator/domain/sample.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows } from '@qloom/study/points/rows.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { type Qnn, train } from '../augmentation/qnn-arms.ts';
import { criticInProcess } from '../overhead/one-process.ts';

/** Seeds of the QNN, over whose held-out losses the reward is the mean. */
const QNN_SEEDS = [1, 2];

/** The points and networks of one search. */
export interface SearchInputs {
  readonly qnn: Qnn;
  /** Points of the fits and of the QNN's training, and those that give the reward. */
  readonly training: Points;
  readonly heldOut: Points;
  readonly space: Space;
  readonly steps: TrainingSteps | undefined;
}

/** The size of a search: batch b is proposed from the batches before b − 1. */
export interface SearchSize {
  readonly episodes: number;
  readonly batchSize: number;
}

/** An episode that was run: its model and points; null if its fit diverged or it adds nothing. */
interface Tried {
  readonly reward: number | null;
  readonly made: { readonly model: Uint8Array; readonly points: Points } | null;
}

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Runs a search as a study does, with real fits in this process; the reward is the utility: 1 − the QNN's held-out loss with synthetic
 * points over that without. Resolves to the points of the episode with the highest reward; undefined if none added any.
 */
export async function bestPoints(
  policy: Policy,
  { episodes, batchSize }: SearchSize,
  seed: string,
  inputs: SearchInputs,
): Promise<Points | undefined> {
  const settings = { space: inputs.space, episodes, batchSize, sobolEpisodes: 2 * batchSize, seed, continues: true };
  const states = [policy.initial(settings)];
  const tried: Tried[] = [];
  const withoutPoints = await heldOutLoss(inputs, undefined);
  for (let batch = 0; tried.length < episodes; batch++) {
    const firstEpisode = batch * batchSize;
    const proposals = policy.propose(settings, states[Math.max(0, batch - 1)], {
      batch,
      firstEpisode,
      count: batchSize,
    });
    const results: EpisodeResult[] = [];
    for (const { hyperparameters, continueFrom } of proposals) {
      const episode = tried.length;
      const initialModel = continueFrom === undefined ? undefined : tried[continueFrom].made?.model;
      const one = await tryOne(inputs, hyperparameters, episode, initialModel, withoutPoints);
      tried.push(one);
      results.push({ episode, hyperparameters, reward: one.reward, observation: null });
    }
    states.push(await policy.observe(settings, states[batch], results));
  }
  const [best] = tried
    .filter(({ made }) => made !== null)
    .sort((a, b) => (b.reward ?? Number.NEGATIVE_INFINITY) - (a.reward ?? Number.NEGATIVE_INFINITY));
  return best?.made?.points;
}

async function tryOne(
  inputs: SearchInputs,
  hyperparameters: Configuration,
  seed: number,
  initialModel: Uint8Array | undefined,
  withoutPoints: number,
): Promise<Tried> {
  const { training, steps } = inputs;
  const counts = synthesisPlan(hyperparameters, classCounts(training));
  if (counts.every((count) => count === 0)) return { reward: 0, made: null };
  const { features, classes } = training;
  const data = { points: training, shape: { features, classes, lower: [], upper: [], shots: 0 } };
  const { signal } = new AbortController();
  const openCritic = async (opening: CriticOpening) => criticInProcess(opening, steps);
  const settings = generatorSettings(hyperparameters);
  try {
    const { model } = await fitGenerator({ settings, data, seed, signal, openCritic, steps, breathe, initialModel });
    const parts: Points[] = [];
    for await (const part of sampleModel(unpackModel(model), { counts, seed, signal, breathe })) parts.push(part);
    const points = concatenateRows(parts);
    return { reward: 1 - (await heldOutLoss(inputs, points)) / withoutPoints, made: { model, points } };
  } catch (error) {
    if ((error as { readonly code?: string }).code !== 'diverged') throw error;
    return { reward: null, made: null };
  }
}

async function heldOutLoss({ qnn, training, heldOut }: SearchInputs, added: Points | undefined): Promise<number> {
  const points = added === undefined ? training : concatenateRows([training, added]);
  const runs = await train(
    qnn,
    QNN_SEEDS.map((seed) => ({ real: training, points, heldOut, seed })),
  );
  return runs.reduce((sum, { loss }) => sum + loss / runs.length, 0);
}
