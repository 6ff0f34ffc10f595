import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, selectRows } from '@qloom/study/points/rows.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import type { Choices } from '../../../domain/evaluation/choices.ts';
import { comparedCount, frechetToTest } from '../../../domain/evaluation/frechet-to-test.ts';
import {
  CLASSICAL,
  type Job,
  ORACLE,
  ORACLE_RATIO,
  QLOOM,
  QLOOM_UNSELECTED,
  REAL_ONLY,
  replicateJob,
} from '../../../domain/evaluation/jobs.ts';
import type { Recipe } from '../../../domain/evaluation/recipe.ts';
import { mean } from '../../../domain/maths/statistics.ts';
import { armScores } from '../../../domain/reward/measurement.ts';
import type { Replicate } from '../../data/study-data.ts';
import { decodeUtility } from '../../replay/measurement.ts';
import { type EvaluationContext, effortOf, type Synthesis, synthesize, train } from './evaluation-context.ts';
import type { FailedJob, OuterResult, ReplicateResult } from './job-results.ts';
import { qnnCurve } from './learning-curves.ts';
import { runChoice } from './run-choice.ts';
import { runPretraining } from './run-pretraining.ts';
import { runTune, runTuneReference } from './run-tune.ts';
import { synthesizeDataset } from './synthetic-set.ts';
import { testScores } from './test-scores.ts';

/**
 * Minimum number of trainings of the QNN per outer fold and arm: they are cheap, and reduce the noise that would hide
 * the effect of points.
 */
const OUTER_QNN_SEEDS = 4;

/** Numbers of the default configuration's folds in traces, above those of the episodes. */
const DEFAULT_CANDIDATE_FOLDS = 1_000_000;

/**
 * Runs a job; returns a {@link FailedJob} if it cannot be done. The same job gives the same numbers, except times.
 * Rejects with the errors of its calls.
 */
export async function runJob(
  context: EvaluationContext,
  job: Job,
  choices: Choices | null,
  signal: AbortSignal,
  recipeOf: (episode: number | null) => Recipe,
): Promise<unknown> {
  switch (job.kind) {
    case 'outer':
      return runOuter(context, job, recipeOf(job.episode), signal);
    case 'tune':
      return runTune(context, job, signal);
    case 'tune-reference':
      return runTuneReference(context, signal);
    case 'choice':
      return runChoice(context, job, choices as Choices, signal);
    case 'replicate':
      return runReplicate(context, job, choices as Choices, signal);
    case 'pretraining':
      return runPretraining(context, job, choices as Choices, signal);
    case 'synthesis':
      return synthesizeDataset(context, (choices as Choices).selection.best ?? { hyperparameters: {} }, signal);
  }
}

async function runOuter(
  context: EvaluationContext,
  { name, episode, fold }: Extract<Job, { kind: 'outer' }>,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<OuterResult> {
  const rows = context.manifest.split.outer[fold];
  const training = selectRows(context.labels, rows.train);
  const heldOut = selectRows(context.labels, rows.heldOut);
  const startedMs = context.clock.now();
  const candidate = episode === null ? DEFAULT_CANDIDATE_FOLDS : 10_000 + 20 * episode;
  const { ownSources } = context.data;
  const synthetic = await synthesize(context, name, candidate + fold, recipe, training, ownSources, signal);
  const seeds = context.seeds.outerQnn(Math.max(OUTER_QNN_SEEDS, context.settings.qnnSeeds));
  const roles = { training, synthetic: synthetic?.points ?? null, heldOut };
  const arms = synthetic === null ? [QnnArm.REAL_ONLY] : [QnnArm.REAL_ONLY, QnnArm.AUGMENTED];
  const report = await train(context, roles, seeds, arms, signal);
  const [losses] = armScores([decodeUtility(report)]).folds;
  return {
    realOnly: [...losses.realOnly],
    augmented: [...losses.augmented],
    ...effortOf(context, [report], startedMs),
  };
}

async function runReplicate(
  context: EvaluationContext,
  { name, replicate, arm }: Extract<Job, { kind: 'replicate' }>,
  choices: Choices,
  signal: AbortSignal,
): Promise<ReplicateResult | FailedJob> {
  if (choices.baselines.get(arm) === null) {
    const why = context.offersMethod(arm)
      ? 'none of its configurations could be fitted'
      : 'the generator has no such method';
    return { failed: `${arm}: ${why}`, reason: 'diverged' };
  }
  const data = await context.data.replicate(replicate);
  const startedMs = context.clock.now();
  if (CLASSICAL.includes(arm)) return runClassical(context, name, arm, data, startedMs, signal);
  const added = await addedPoints(context, name, replicate, arm, data, choices, signal);
  const points = added?.points ?? null;
  const roles = { training: data.labels, synthetic: points, heldOut: data.test };
  // The same seeds in every arm of a replicate, so that arms are paired.
  const random = createRandom(context.seeds.job(`draw-${replicate}`, 'qnn'));
  const seeds = Array.from({ length: context.settings.qnnSeeds }, (_, i) => random.seedFor(i));
  const report = await train(context, roles, seeds, [points ? QnnArm.AUGMENTED : QnnArm.REAL_ONLY], signal, {
    probabilities: true,
  });
  const { runs } = decodeUtility(report);
  return {
    accuracy: mean(runs.map((run) => run.accuracy)),
    loss: mean(runs.map((run) => mean(run.losses))),
    syntheticCount: points?.count ?? 0,
    ...testScores(runs, data.test),
    ...distanceTo(context, name, data, choices, points),
    curves: [...qnnCurve([report]), ...(added?.curves ?? [])],
    ...effortOf(context, [report], startedMs),
  };
}

/** The points that an arm adds to a replicate; null if it adds none. */
async function addedPoints(
  context: EvaluationContext,
  name: string,
  replicate: number,
  arm: string,
  data: Replicate,
  { selection, baselines }: Choices,
  signal: AbortSignal,
): Promise<Pick<Synthesis, 'points' | 'curves'> | null> {
  if (arm === REAL_ONLY) return null;
  if (arm === ORACLE) {
    const counts = synthesisPlan({ synthRatio: ORACLE_RATIO }, classCounts(data.labels));
    return data.oracle === null ? null : { points: await data.oracle(counts), curves: [] };
  }
  const isQloom = arm === QLOOM || arm === QLOOM_UNSELECTED;
  const tuned = baselines.get(arm) ?? null;
  const recipe = isQloom ? selection.best : tuned && { hyperparameters: tuned };
  if (recipe === null) return null;
  // The two arms of Qloom have the same points, whichever of them is trained on a replicate.
  const label = isQloom ? replicateJob(replicate, QLOOM) : name;
  return synthesize(context, label, replicate, recipe, data.labels, data.sources, signal);
}

async function runClassical(
  context: EvaluationContext,
  name: string,
  arm: string,
  { labels, test }: Replicate,
  startedMs: number,
  signal: AbortSignal,
): Promise<ReplicateResult> {
  const seed = context.seeds.job(name, 'fit');
  const answer = await context.classical.answer({ arm, labels, test, seed }, signal);
  const accuracy = answer.predictions.filter((label, row) => label === test.y[row]).length / test.count;
  const score = { accuracy, loss: null, ...testScores([answer], test) };
  return { ...score, syntheticCount: 0, frechet: null, ...effortOf(context, [], startedMs) };
}

/** Distance of the points that an arm adds to the test set; null if it adds none, or too few. */
function distanceTo(
  context: EvaluationContext,
  name: string,
  draw: Replicate,
  choices: Choices,
  added: Points | null,
): Pick<ReplicateResult, 'frechet' | 'frechetCount'> {
  if (added === null) return { frechet: null };
  const random = createRandom(context.seeds.job(name, 'assess'));
  return frechetToTest(draw.test, added, comparedCount(choices, draw, context.ratio), random) ?? { frechet: null };
}
