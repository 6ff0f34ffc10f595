import { QnnArm, type UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { baselineConfiguration, withRatio } from '../../../domain/evaluation/baseline-tuning.ts';
import type { Job } from '../../../domain/evaluation/jobs.ts';
import { packLosses } from '../../../domain/evaluation/packed-losses.ts';
import { mean } from '../../../domain/maths/statistics.ts';
import { averagedLosses } from '../../../domain/reward/measurement.ts';
import { getPoints } from '../../data/points-artifact.ts';
import { decodeUtility } from '../../replay/measurement.ts';
import { type EvaluationContext, effortOf, synthesize, train } from './evaluation-context.ts';
import type { FailedJob, TuneReferenceResult, TuneResult } from './job-results.ts';

/** A reward fold: its index, and its points. */
interface RewardFold {
  readonly index: number;
  readonly training: Points;
  readonly heldOut: Points;
}

/**
 * One setting of a baseline on the reward folds; with a portfolio its losses are kept. A {@link FailedJob} for a baseline that the
 * generator does not offer, which studies from before that was checked may have.
 */
export async function runTune(
  context: EvaluationContext,
  { name, baseline, index }: Extract<Job, { kind: 'tune' }>,
  signal: AbortSignal,
): Promise<TuneResult | FailedJob> {
  if (!context.offersMethod(baseline)) {
    return { failed: `the generator has no method ${quoted(baseline)}`, reason: 'diverged' };
  }
  const parameters = withRatio(context.baselineHyperparameters, context.ratioOf(baseline));
  const configuration = baselineConfiguration(parameters, baseline, index, context.settings.seed);
  const { ownSources } = context.data;
  const startedMs = context.clock.now();
  const reports = await onRewardFolds(context, signal, async ({ index: fold, training }) => {
    const label = `${name}/${fold}`;
    const made = await synthesize(
      context,
      label,
      20_000 + fold,
      { hyperparameters: configuration },
      training,
      ownSources,
      signal,
    );
    return made?.points ?? null;
  });
  const losses = reports.flatMap((report) => decodeUtility(report).runs.flatMap((run) => [...run.losses]));
  return {
    hyperparameters: configuration,
    loss: mean(losses),
    ...(context.settings.evaluation.portfolio ? { losses: lossesOf(reports) } : {}),
    ...effortOf(context, reports, startedMs),
  };
}

/** Real data only on the reward folds, with the QNN's seeds of {@link runTune}. */
export async function runTuneReference(context: EvaluationContext, signal: AbortSignal): Promise<TuneReferenceResult> {
  const startedMs = context.clock.now();
  const reports = await onRewardFolds(context, signal, async () => null);
  return { losses: lossesOf(reports), ...effortOf(context, reports, startedMs) };
}

/** Trains the QNN on every reward fold with the points that `added` gives for it, from the same seeds in each. */
async function onRewardFolds(
  context: EvaluationContext,
  signal: AbortSignal,
  added: (fold: RewardFold) => Promise<Points | null>,
): Promise<UtilityReport[]> {
  const seeds = context.seeds.qnn(context.settings.qnnSeeds);
  const reports: UtilityReport[] = [];
  for (const { index, training: trainingRef, heldOut: heldOutRef } of context.prepared.folds) {
    if (trainingRef === undefined || heldOutRef === undefined) continue;
    const training = await getPoints(context.artifacts, trainingRef, 'fold.training');
    const heldOut = await getPoints(context.artifacts, heldOutRef, 'fold.held_out');
    const synthetic = await added({ index, training, heldOut });
    const arm = synthetic === null ? QnnArm.REAL_ONLY : QnnArm.AUGMENTED;
    reports.push(await train(context, { training, synthetic, heldOut }, seeds, [arm], signal));
  }
  return reports;
}

/** Held-out losses of each fold, averaged over the QNN's seeds. */
function lossesOf(reports: readonly UtilityReport[]): string[] {
  return reports.map((report) => {
    const { fold, runs } = decodeUtility(report);
    return packLosses(averagedLosses(fold, runs));
  });
}
