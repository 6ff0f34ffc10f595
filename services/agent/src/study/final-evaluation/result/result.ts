import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type EpisodeOutcome,
  type Incumbent,
  IncumbentKind,
  StudyResult,
  SyntheticCard,
} from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { encodeForeignConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { boundWarnings } from '../../../domain/evaluation/bound-warnings.ts';
import type { Choices } from '../../../domain/evaluation/choices.ts';
import { effectsOf } from '../../../domain/evaluation/effects.ts';
import { ORACLE, ORACLE_RATIO, scoresJob, TUNE_REFERENCE } from '../../../domain/evaluation/jobs.ts';
import { observe } from '../../../domain/reward/judge.ts';
import { REWARD_FORMS, type RewardFormName } from '../../../domain/reward/reward-table.ts';
import { measurementOf } from '../../replay/measurement.ts';
import { decodeMultipliers, encodeObservation } from '../../replay/observation.ts';
import { factsOf, proposedEpisodes, rewardedEpisodes, type StudyView } from '../../replay/study-view.ts';
import type { EvaluationContext } from '../jobs/evaluation-context.ts';
import { type Effort, failureOfJob, type ReplicateResult, readJob, type SynthesisResult } from '../jobs/job-results.ts';
import { type ArmReplicates, armResults, encodeInterval, frechetOf, headlineOf, replicatesOf } from './arm-results.ts';
import { encodeDecisions, encodePortfolio, encodeUtility } from './decision-messages.ts';
import { mixedImplementations } from './mixed-implementations.ts';
import { pretrainingResult } from './pretraining-result.ts';
import { verdictOn } from './verdict.ts';

/** Minimum number of replicates for the comparison of an arm. */
const LEAST_REPLICATES = 2;

/**
 * The result of a study, as the JSON of StudyResult. A function of only the study's events, except for the time of
 * writing and the names of the agent's peers. Yields to the event loop between its parts.
 */
export async function encodeResult(
  context: EvaluationContext,
  view: StudyView,
  arms: readonly string[],
  choices: Choices,
): Promise<string> {
  const { settings, seeds, space } = context;
  const seed = String(seeds.policy);
  const warnings = [...context.data.warnings];
  const { warning } = REWARD_FORMS[settings.reward.form as RewardFormName];
  if (warning !== undefined) warnings.push(warning);
  if (!context.data.isFresh) warnings.push(fileWarning(context));
  warnings.push(...boundWarnings(context.labels));
  warnings.push(...(await mixedImplementations(view, context.peers)));
  const scored = armDraws(view, arms, choices, warnings);
  const { test } = await context.data.own();
  const draws = replicatesOf(context, test.count);
  const results = await armResults(context, scored, choices, draws, seed);
  const testClassCounts = classCounts(test);
  const { headline, warnings: ofScores } = headlineOf(results, testClassCounts);
  warnings.push(...ofScores);
  await nextTurn();
  const effects = effectsOf(
    space,
    rewardedEpisodes(view).map(({ hyperparameters, facts }) => ({ hyperparameters, utility: facts.utility })),
  );
  await nextTurn();
  const episodes = proposedEpisodes(view).map((entry) => outcomeOf(entry));
  const synthesis = readJob<SynthesisResult>(view.jobs, 'synthesis');
  const unmade = failureOfJob(view.jobs, 'synthesis');
  if (unmade !== undefined) warnings.push(`The synthetic data set could not be made: ${unmade.failed}.`);
  for (const name of view.jobs.keys()) {
    const isShown = /^(outer|choice|pretraining)-/.test(name);
    const failed = isShown ? failureOfJob(view.jobs, name)?.failed : undefined;
    if (failed === undefined) continue;
    const what = name.startsWith('outer-')
      ? `The candidate of ${name} is out`
      : name.startsWith('choice-')
        ? `No points are added by ${name}`
        : `${name} is left out of the measurement of pre-training`;
    warnings.push(`${what}: ${failed}.`);
  }
  const unjudged = failureOfJob(view.jobs, TUNE_REFERENCE);
  if (unjudged !== undefined) warnings.push(`The portfolio cannot judge baselines: ${unjudged.failed}.`);
  const effort = totalEffort(view);
  const { selection, own } = choices;
  const hasChoices = settings.evaluation.choice !== '';
  const result: StudyResult = {
    study: view.study,
    settings,
    data: context.data.description,
    createdAt: new Date(view.createdMs),
    finishedAt: new Date(context.clock.now()),
    labelsUsed: context.labels.count,
    testCount: test.count,
    draws: settings.evaluation.draws,
    arms: results,
    frechetNull: frechetOf(
      scored.find((arm) => arm.name === ORACLE),
      draws,
    ),
    incumbents: incumbentsOf(context, choices),
    addsData: own?.adds ?? false,
    verdict: verdictOn(results, choices, headline),
    episodes,
    effects: effects.map(({ name, correlation, importance }) => ({
      name,
      rankCorrelation: correlation === null ? undefined : encodeInterval(correlation),
      importance,
    })),
    policyUpdates: updatesBeforeLastProposal(view),
    gradientSteps: effort.gradientSteps,
    circuitExecutions: effort.circuitExecutions,
    warnings,
    synthetic: synthesis === null ? undefined : SyntheticCard.fromJSON(synthesis.card),
    training: context.manifest.labels,
    testClassCounts,
    headline,
    frechetCount: frechetCountOf(scored),
    oracleRatio: context.data.isFresh ? ORACLE_RATIO : 0,
    ...(hasChoices ? encodeDecisions(choices) : { choices: [] }),
    portfolio: choices.portfolio === null ? undefined : encodePortfolio(context, choices.portfolio),
    utilityReliability: selection.reliability ?? undefined,
    pretraining: pretrainingResult(context, view, seed),
  };
  return JSON.stringify(StudyResult.toJSON(result));
}

/** What the replicates of a file have in common, and what can be claimed of them. */
function fileWarning({ data, labels }: EvaluationContext): string {
  if (!data.sharesTest) {
    return (
      'The data is one file: draws are repeated splits of it, which share rows with the search, and every claim is about ' +
      'this file only (intervals of gains by Nadeau and Bengio).'
    );
  }
  return (
    `The data is a file, with test points of another: draws have ${labels.count} labels each, from the same rows, and the same test points. ` +
    'Every claim is about these labels only; intervals hold for other seeds, other samples of the rows where a draw has not all of them, and ' +
    'other test points.'
  );
}

/**
 * Scores of every arm. A replicate on which an arm diverged is left out of that arm, and the arm is left out if fewer
 * than two replicates remain; `warnings` says so. Callers ensure that the reference arm (real data only) has every
 * replicate.
 */
function armDraws(
  view: StudyView,
  arms: readonly string[],
  { replicates, portfolio }: Choices,
  warnings: string[],
): ArmReplicates[] {
  const draws = replicates.length;
  return arms.flatMap((name) => {
    const jobs = replicates.map((decision, draw) => {
      const taken = portfolio?.replicates[draw]?.arm ?? null;
      return scoresJob(draw, name, { qloom: decision?.adds ?? false, portfolio: taken });
    });
    const scores = jobs.map((job) => readJob<ReplicateResult>(view.jobs, job));
    const missing = scores.flatMap((score, draw) => (score === null ? [draw] : []));
    if (missing.length === 0) return [{ name, draws: scores }];
    const reason = failureOfJob(view.jobs, jobs[missing[0]])?.failed ?? 'no result';
    const isKept = draws - missing.length >= LEAST_REPLICATES;
    const what = isKept
      ? `its figures are of the other ${draws - missing.length} draws`
      : 'it is left out of the comparison';
    warnings.push(`Arm ${name} has no result on ${missing.length} of ${draws} draws (${reason}): ${what}.`);
    return isKept ? [{ name, draws: scores }] : [];
  });
}

/**
 * Number of points of each sample of the Fréchet distances; the smallest, if replicates differ in their labels. 0 if
 * there is none.
 */
function frechetCountOf(scored: readonly ArmReplicates[]): number {
  const counts = scored.flatMap(({ draws }) => draws.flatMap((draw) => draw?.frechetCount ?? []));
  return counts.length === 0 ? 0 : Math.min(...counts);
}

/** Candidates in the order of their selection; in studies without a default candidate "add nothing" is the last. */
function incumbentsOf(
  { space, settings, baselineHyperparameters }: EvaluationContext,
  { selection, own }: Choices,
): Incumbent[] {
  const isOld = settings.evaluation.choice === '';
  const addsData = own?.adds ?? false;
  const candidates = selection.ranked.map(({ episode, hyperparameters, utility, shrunk }, i) => ({
    episode: episode ?? undefined,
    utility: encodeUtility(utility),
    hyperparameters: encodeForeignConfiguration(hyperparameters, space, baselineHyperparameters),
    chosen: i === 0 && (!isOld || addsData),
    kind: kindOf(isOld, episode),
    shrunkUtility: shrunk ?? undefined,
  }));
  if (!isOld) return candidates;
  const utility = { estimate: 0, lower: 0, upper: 0, level: 0 };
  const kind = IncumbentKind.UNSPECIFIED;
  return [...candidates, { kind, utility, hyperparameters: [], episode: undefined, chosen: !addsData }];
}

function kindOf(isOld: boolean, episode: number | null): IncumbentKind {
  if (isOld) return IncumbentKind.UNSPECIFIED;
  return episode === null ? IncumbentKind.DEFAULT : IncumbentKind.EPISODE;
}

function outcomeOf({ episode, slots, propose }: ReturnType<typeof proposedEpisodes>[number]): EpisodeOutcome {
  const measurement = slots.reward?.event.failure === undefined ? measurementOf(slots) : undefined;
  const seconds = ((slots.reward?.log.timeMs ?? 0) - (slots.propose?.log.timeMs ?? 0)) / 1000;
  return {
    episode,
    batch: propose.batch,
    origin: propose.origin,
    hyperparameters: propose.hyperparameters,
    reward: factsOf(slots.reward, 'reward'),
    failure: slots.reward?.event.failure,
    seconds: Math.max(0, seconds),
    continueFrom: propose.continueFrom,
    observation: measurement ? encodeObservation(observe(measurement, decodeMultipliers(propose.multipliers))) : [],
  };
}

/** Number of batches folded before the last proposal; 0 if the policy learned from none. */
function updatesBeforeLastProposal(view: StudyView): number {
  const settings = view.created?.settings;
  if (settings === undefined) return 0;
  const versions = proposedEpisodes(view).map(({ propose }) => propose.policyVersion / settings.batchSize);
  return Math.max(0, ...versions);
}

/** Gradient steps and circuits of all QNNs that the study trained. */
function totalEffort(view: StudyView): Pick<Effort, 'gradientSteps' | 'circuitExecutions'> {
  let gradientSteps = 0;
  let circuitExecutions = 0;
  for (const { slots } of proposedEpisodes(view)) {
    for (const run of factsOf(slots.evaluate, 'evaluate')?.folds.flatMap((fold) => fold.runs) ?? []) {
      gradientSteps += run.gradientSteps;
      circuitExecutions += run.circuitExecutions;
    }
  }
  for (const name of view.jobs.keys()) {
    const effort = readJob<Partial<Effort>>(view.jobs, name);
    gradientSteps += effort?.gradientSteps ?? 0;
    circuitExecutions += effort?.circuitExecutions ?? 0;
  }
  return { gradientSteps, circuitExecutions };
}
