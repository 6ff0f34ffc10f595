import { QnnArm, type QnnRun, type UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Tensor } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { callName, requirePart } from '@qloom/study-rpc/clients/answers.ts';
import { baselineConfiguration } from '../../../domain/evaluation/baseline-tuning.ts';
import type { Choices } from '../../../domain/evaluation/choices.ts';
import { type Job, QLOOM, REAL_ONLY, replicateJob } from '../../../domain/evaluation/jobs.ts';
import type { Recipe } from '../../../domain/evaluation/recipe.ts';
import { scoredSteps, stepsToTarget } from '../../../domain/evaluation/steps-to-target.ts';
import { mean } from '../../../domain/maths/statistics.ts';
import type { Replicate } from '../../data/study-data.ts';
import { PRETRAINING_BASELINE as NOISE } from '../../settings/usable-methods.ts';
import { type EvaluationContext, effortOf, synthesize, type TrainOptions, train } from './evaluation-context.ts';
import type { FailedJob, PretrainedArm, PretrainingJobResult } from './job-results.ts';

/** Points on which a QNN is pre-trained, and to which it is tuned together with the real ones. */
interface Source {
  readonly name: string;
  readonly points: Points;
  /** Whether the real points and these are also an arm without pre-training. */
  readonly isAlsoScratch: boolean;
}

/**
 * Measures pre-training on one replicate: trains the QNN on the synthetic points of each source alone, then counts the steps on real
 * and synthetic points together until the target is reached; beside it the same steps from random parameters, and on real
 * points only. All arms have the same seeds, mini-batches of the same size, and number of steps.
 */
export async function runPretraining(
  context: EvaluationContext,
  { replicate, name }: Extract<Job, { kind: 'pretraining' }>,
  choices: Choices,
  signal: AbortSignal,
): Promise<PretrainingJobResult | FailedJob> {
  const { settings, seeds, clock } = context;
  const { pretraining } = settings;
  if (pretraining === undefined) throw new Error(`${name}: the study has no settings of pre-training`);
  const data = await context.data.replicate(replicate);
  const startedMs = clock.now();
  const sources = await sourcesOf(context, replicate, data, choices, signal);
  if (sources === null) return { failed: 'no points to train on beside the real ones', reason: 'diverged' };
  const random = createRandom(seeds.job(`draw-${replicate}`, 'qnn'));
  const qnnSeeds = Array.from({ length: settings.qnnSeeds }, (_, i) => random.seedFor(i));
  const reports: UtilityReport[] = [];
  const runsOf = async (arm: QnnArm, synthetic: Points | null, options: TrainOptions): Promise<QnnRun[]> => {
    const roles = { training: data.labels, synthetic, heldOut: data.test };
    const report = await train(context, roles, qnnSeeds, [arm], signal, options);
    reports.push(report);
    return report.runs;
  };
  const call = callName('QNN simulator', context.peers.qnnSim.target, 'Evaluate');
  const steps = scoredSteps(pretraining.finetuneSteps);
  const tune = async (
    armName: string,
    synthetic: Points | null,
    initialParameters?: Tensor[],
  ): Promise<PretrainedArm> => {
    const arm = synthetic === null ? QnnArm.REAL_ONLY : QnnArm.AUGMENTED;
    const options = { steps: pretraining.finetuneSteps, scoredSteps: steps, initialParameters };
    const curves = (await runsOf(arm, synthetic, options)).map(({ scoredAccuracies }) =>
      requirePart(call, 'scored_accuracies', scoredAccuracies.length === steps.length ? scoredAccuracies : undefined),
    );
    const target = { accuracy: pretraining.target, hold: pretraining.holdSteps };
    return {
      name: armName,
      steps: curves.map((curve) => stepsToTarget(steps, curve, target)),
      // Four digits, which a plot shows: results of jobs are kept in the log.
      accuracies: steps.map((_, i) => Number(mean(curves.map((curve) => curve[i])).toPrecision(4))),
    };
  };

  const arms = [await tune(REAL_ONLY, null)];
  for (const { name: source, points, isAlsoScratch } of sources) {
    if (isAlsoScratch) arms.push(await tune(source, points));
    const pretrained = await runsOf(QnnArm.SYNTHETIC_ONLY, points, { steps: pretraining.steps, parameters: true });
    const parameters = pretrained.map((run) => requirePart(call, 'parameters', run.parameters));
    arms.push(await tune(`pretrained-${source}`, points, parameters));
  }
  return { arms, ...effortOf(context, reports, startedMs) };
}

/** Noise on the real points, points of the cheaper relative where the study has one, and Qloom's; null if one adds no points, or there is no noise. */
async function sourcesOf(
  context: EvaluationContext,
  replicate: number,
  { labels, sources }: Replicate,
  { selection, baselines }: Choices,
  signal: AbortSignal,
): Promise<Source[] | null> {
  const { settings, baselineHyperparameters } = context;
  if (!context.offersMethod(NOISE)) return null;
  const noise = baselines.get(NOISE) ?? baselineConfiguration(baselineHyperparameters, NOISE, 0, settings.seed);
  const pointsOf = async (label: string, recipe: Recipe) =>
    (await synthesize(context, label, replicate, recipe, labels, sources, signal))?.points ?? null;
  // The same points as in the arms of the comparison.
  const noisy = await pointsOf(replicateJob(replicate, NOISE), { hyperparameters: noise });
  const own = await pointsOf(replicateJob(replicate, QLOOM), selection.best ?? { hyperparameters: {} });
  if (noisy === null || own === null) return null;
  return [
    { name: NOISE, points: noisy, isAlsoScratch: true },
    ...(sources.source ? [{ name: 'simulator', points: await sources.source(), isAlsoScratch: false }] : []),
    { name: QLOOM, points: own, isAlsoScratch: true },
  ];
}
