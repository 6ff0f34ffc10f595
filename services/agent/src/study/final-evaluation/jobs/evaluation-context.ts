import type { StudyPrepared } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { FidelityReport, QnnArm, UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { FitSummary, SampleSummary } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { EvaluateSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type {
  Configuration,
  Hyperparameter,
  NumericHyperparameter,
} from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import type { Space } from '@qloom/study/space/space.ts';
import type { OfferedMethod } from '@qloom/study/synthesis/offered-method.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import { assessFidelity } from '@qloom/study-rpc/clients/discriminator-client.ts';
import { type FitCall, fitModel, samplePoints } from '@qloom/study-rpc/clients/generator-client.ts';
import { evaluateUtility } from '@qloom/study-rpc/clients/qnn-simulator-client.ts';
import { encodeForeignConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { Recipe } from '../../../domain/evaluation/recipe.ts';
import type { StudySeeds } from '../../../domain/seeds.ts';
import type { ClassicalThreads } from '../../../workers/classical-threads.ts';
import type { DataSources } from '../../data/data-sources.ts';
import type { StudyManifest } from '../../data/prepare.ts';
import type { StudyData } from '../../data/study-data.ts';
import { nextAttempt } from '../../next-attempt.ts';
import { LONG_CALL_MS, type Peers } from '../../peers.ts';
import { decodeUtility } from '../../replay/measurement.ts';
import type { Clock } from '../../retry/clock.ts';
import type { CompleteSettings } from '../../settings/complete-settings.ts';
import type { Effort } from './job-results.ts';
import { type Curve, collectFitCurves } from './learning-curves.ts';

/** Dependencies of the jobs of the final evaluation. */
export interface EvaluationContext {
  readonly study: string;
  readonly settings: CompleteSettings;
  readonly seeds: StudySeeds;
  readonly space: Space;
  readonly data: StudyData;
  readonly prepared: StudyPrepared;
  readonly manifest: StudyManifest;
  /** All labels of the study. */
  readonly labels: Points;
  /** Hyperparameters that baselines may tune. */
  readonly baselineHyperparameters: readonly NumericHyperparameter[];
  /** Whether the generator has a method of that name; without a hyperparameter `method` it ignores every name. */
  readonly offersMethod: (name: string) => boolean;
  /** `synthRatio` as the generator offers it. */
  readonly ratio: Hyperparameter | undefined;
  /** What the generator's method in a configuration needs besides labelled points. */
  readonly needsOf: (configuration: Configuration) => OfferedMethod['needs'];
  /** `synthRatio` from which a method starts by itself; undefined for one that is like others. */
  readonly ratioOf: (method: string) => number | undefined;
  readonly peers: Peers;
  readonly classical: ClassicalThreads;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
}

/** Synthetic points and their fit. */
export interface Synthesis {
  readonly points: Points;
  readonly model: Uint8Array;
  readonly fitSeed: number;
  readonly sampleSeed: number;
  readonly fit: FitSummary;
  readonly sample: SampleSummary;
  /** Losses along the fit. */
  readonly curves: readonly Curve[];
}

/**
 * Trains a generator on `training` by a recipe and draws the number of points given by `synthRatio`. `label` names the seeds, `fold`
 * the fits in traces; `sources` has points beyond `training` that a method may need. Null if the ratio is 0.
 */
export async function synthesize(
  context: EvaluationContext,
  label: string,
  fold: number,
  { hyperparameters, earlier = [] }: Recipe,
  training: Points,
  sources: DataSources,
  signal: AbortSignal,
): Promise<Synthesis | null> {
  const counts = synthesisPlan(hyperparameters, classCounts(training), context.ratio);
  if (counts.every((count) => count === 0)) return null;
  const fitSeed = context.seeds.job(label, 'fit');
  const sampleSeed = context.seeds.job(label, 'sample');
  const { generator } = context.peers;
  const limits = { signal, deadlineMs: LONG_CALL_MS };
  const curves = collectFitCurves();
  const fitted = async (
    configuration: Configuration,
    seed: number,
    call: Pick<FitCall, 'initialModel' | 'onProgress'>,
  ) =>
    fitModel(generator, {
      settings: {
        identity: { study: context.study, fold, attempt: nextAttempt(context.clock) },
        seed,
        hyperparameters: encodeForeignConfiguration(configuration, context.space, context.baselineHyperparameters),
        data: context.data.description,
        checkpointEverySteps: 0,
      },
      training,
      ...(await neededSources(context, configuration, sources)),
      ...limits,
      ...call,
    });
  let initialModel: Uint8Array | undefined;
  for (const [i, { hyperparameters: configuration }] of earlier.entries()) {
    const seed = context.seeds.job(`${label}/${i}`, 'fit');
    initialModel = (await fitted(configuration, seed, { initialModel })).model;
  }
  const { model, summary: fit } = await fitted(hyperparameters, fitSeed, {
    initialModel,
    onProgress: async (progress) => curves.add(progress),
  });
  const sampling = { settings: { seed: sampleSeed, classCounts: counts, ungated: false }, model, ...limits };
  const { points, summary: sample } = await samplePoints(generator, sampling);
  return { points, model, fitSeed, sampleSeed, fit, sample, curves: curves.curves() };
}

/** The points beyond the labels that the method of a configuration needs. */
async function neededSources(
  { needsOf }: EvaluationContext,
  configuration: Configuration,
  { unlabelled, source }: DataSources,
): Promise<Pick<FitCall, 'unlabelled' | 'source'>> {
  const needs = needsOf(configuration);
  return {
    ...(unlabelled && needs.includes('unlabelled') ? { unlabelled: await unlabelled() } : {}),
    ...(source && needs.includes('source') ? { source: await source() } : {}),
  };
}

/** Options of {@link train} beside its points: those of Evaluate. */
export interface TrainOptions
  extends Partial<Pick<EvaluateSettings, 'probabilities' | 'initialParameters' | 'scoredSteps' | 'parameters'>> {
  /** Number of steps. Default: that of the study's QNN. */
  readonly steps?: number;
}

/**
 * Trains the study's QNN on the points of some arms and scores it, with class probabilities if they are asked for. Throws
 * DomainError (`diverged`) for a score that is not finite.
 */
export async function train(
  context: EvaluationContext,
  roles: { training: Points; synthetic: Points | null; heldOut: Points },
  seeds: number[],
  arms: QnnArm[],
  signal: AbortSignal,
  { steps, ...options }: TrainOptions = {},
): Promise<UtilityReport> {
  const { qnn } = context.settings;
  const settings = {
    fold: 0,
    qnn: { ...qnn, steps: steps ?? qnn.steps },
    seeds,
    arms,
    ...options,
    probabilities: options.probabilities ?? false,
  };
  const report = await evaluateUtility(context.peers.qnnSim, { settings, ...roles, signal, deadlineMs: LONG_CALL_MS });
  for (const { arm, seed, accuracy, losses } of decodeUtility(report).runs) {
    const wrong = [accuracy, ...losses].find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new DomainError('diverged', `the QNN (${arm}, seed ${seed}) scores ${wrong}`);
  }
  return report;
}

/** Assesses points with the auditor. */
export function assess(
  context: EvaluationContext,
  label: string,
  roles: { training: Points; synthetic: Points | null; heldOut: Points },
  signal: AbortSignal,
): Promise<FidelityReport> {
  const settings = { fold: 0, seed: context.seeds.job(label, 'assess'), data: context.data.description };
  return assessFidelity(context.peers.discriminator, { settings, ...roles, signal, deadlineMs: LONG_CALL_MS });
}

/** Steps, circuits and time since `startedMs` of a job whose trainings gave `reports`. */
export function effortOf(context: EvaluationContext, reports: readonly UtilityReport[], startedMs: number): Effort {
  const runs = reports.flatMap((report) => report.runs);
  return {
    gradientSteps: runs.reduce((sum, run) => sum + run.gradientSteps, 0),
    circuitExecutions: runs.reduce((sum, run) => sum + run.circuitExecutions, 0),
    seconds: Math.max(0, context.clock.now() - startedMs) / 1000, // the clock may be set back
  };
}
