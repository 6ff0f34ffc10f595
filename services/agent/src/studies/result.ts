import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ArmKind,
  type ArmResult,
  type EpisodeOutcome,
  type Incumbent,
  type PairedComparison,
  StudyResult,
  SyntheticCard,
  type Interval as WireInterval,
} from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { type Comparison, compareArms, type Draws, meanInterval } from '../domain/evaluation/compare-arms.ts';
import { effectsOf } from '../domain/evaluation/effects.ts';
import { CLASSICAL, ORACLE, QLOOM, QLOOM_UNSELECTED, REAL_ONLY } from '../domain/evaluation/units.ts';
import { PAPER_LITERAL_WARNING } from '../domain/reward/paper.ts';
import { observe } from '../domain/study/judge.ts';
import { encodeAnyPoint } from '../events/hyperparameters.ts';
import { decodeMultipliers, encodeObservation } from '../events/named-values.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { mixedImplementations } from './mixed-implementations.ts';
import type { Choices } from './run-unit.ts';
import { measurementOf } from './search.ts';
import { factsOf, proposedEpisodes, rewardedEpisodes, type StudyView } from './study-view.ts';
import { type DrawResult, type Effort, failureOfUnit, readUnit, type SynthesisResult } from './unit-results.ts';
import { verdictOn } from './verdict.ts';

interface ArmDraws {
  readonly name: string;
  readonly draws: readonly DrawResult[];
}

/**
 * The result of a study, as the JSON of StudyResult. A function of the study's events alone, but for the time of writing and
 * for what the agent's peers call themselves.
 * Gives way to the event loop between its parts.
 */
export async function encodeResult(
  context: EvaluationContext,
  view: StudyView,
  arms: readonly string[],
  choices: Choices,
): Promise<string> {
  const { settings, seeds, space } = context;
  const seed = String(seeds.policy);
  const warnings = settings.reward.form === 'paper-literal' ? [PAPER_LITERAL_WARNING] : [];
  if (!context.data.isFresh) {
    warnings.push(
      'The data is one file: draws are repeated splits of it, which share rows with the search, and every claim is about ' +
        'this file only (intervals of gains by Nadeau and Bengio).',
    );
  }
  warnings.push(...(await mixedImplementations(view, context.peers)));
  const scored = armDraws(view, arms, settings.evaluation.draws, warnings);
  const results = await armResults(context, scored, choices, seed);
  await nextTurn();
  const effects = effectsOf(
    space,
    rewardedEpisodes(view).map(({ hyperparameters, facts }) => ({ hyperparameters, utility: facts.utility })),
    seed,
  );
  await nextTurn();
  const episodes = proposedEpisodes(view).map((entry) => outcomeOf(entry));
  const synthesis = readUnit<SynthesisResult>(view.units, 'synthesis');
  const effort = totalEffort(view);
  const { selection } = choices;
  const own = await context.data.own();
  const result: StudyResult = {
    study: view.study,
    settings,
    data: context.data.description,
    createdAt: new Date(view.createdMs),
    finishedAt: new Date(context.clock.now()),
    labelsUsed: context.labels.count,
    testCount: own.test.count,
    draws: settings.evaluation.draws,
    arms: results,
    frechetNull: frechetOf(scored.find((arm) => arm.name === ORACLE)?.draws ?? [], `${seed}/null`),
    incumbents: incumbentsOf(context, choices),
    addsData: selection.addsData,
    verdict: verdictOn(results, selection),
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
  };
  return JSON.stringify(StudyResult.toJSON(result));
}

/** Scores of every arm; a draw on which an arm failed counts as real data alone, and is said to. */
function armDraws(view: StudyView, arms: readonly string[], draws: number, warnings: string[]): ArmDraws[] {
  return arms.map((name) => ({
    name,
    draws: Array.from({ length: draws }, (_, draw): DrawResult => {
      const unit = `draw-${draw}-${name}`;
      const result = readUnit<DrawResult>(view.units, unit);
      const reason = result?.fallback ?? failureOfUnit(view.units, unit);
      if (reason !== undefined) warnings.push(`Arm ${name}, draw ${draw}: ${reason}; real data alone stands in.`);
      const stand = result ?? readUnit<DrawResult>(view.units, `draw-${draw}-${REAL_ONLY}`);
      if (stand === null) throw new Error(`unit draw-${draw}-${REAL_ONLY} failed: ${reason ?? 'no result'}`);
      return stand;
    }),
  }));
}

async function armResults(
  context: EvaluationContext,
  scored: readonly ArmDraws[],
  choices: Choices,
  seed: string,
): Promise<ArmResult[]> {
  const reference = scored[0].draws;
  const rest = scored.slice(1);
  const test = (await context.data.own()).test.count;
  const draws: Draws = context.data.isFresh
    ? { kind: 'fresh' }
    : { kind: 'splits', labels: context.labels.count, test };
  const accuracies = compareArms(
    reference.map((draw) => draw.accuracy),
    rest.map(({ name, draws: of }) => ({ name, scores: of.map((draw) => draw.accuracy) })),
    draws,
    `${seed}/accuracy`,
  );
  await nextTurn();
  // Of losses the reduction counts, so that above 0 is better here too.
  const losses = compareArms(
    reference.map((draw) => -(draw.loss ?? 0)),
    rest
      .filter((arm) => arm.draws.every((draw) => draw.loss !== null))
      .map(({ name, draws: of }) => ({ name, scores: of.map((draw) => -(draw.loss ?? 0)) })),
    draws,
    `${seed}/loss`,
  );
  const results: ArmResult[] = [];
  for (const { name, draws: of } of scored) {
    await nextTurn();
    results.push(armResult(context, name, of, choices, seed, accuracies.get(name), losses.get(name)));
  }
  return results;
}

function armResult(
  context: EvaluationContext,
  name: string,
  of: readonly DrawResult[],
  choices: Choices,
  seed: string,
  accuracyGain: Comparison | undefined,
  lossGain: Comparison | undefined,
): ArmResult {
  return {
    name,
    kind: kindOf(name),
    hyperparameters: settingsOfArm(context, name, choices),
    draws: of.map((draw, i) => ({
      draw: i,
      accuracy: draw.accuracy,
      loss: draw.loss ?? undefined,
      syntheticCount: draw.syntheticCount,
      seconds: draw.seconds,
    })),
    accuracy: encodeInterval(
      meanInterval(
        of.map((draw) => draw.accuracy),
        `${seed}/${name}/accuracy`,
      ),
    ),
    loss: of.every((draw) => draw.loss !== null)
      ? encodeInterval(
          meanInterval(
            of.map((draw) => draw.loss ?? 0),
            `${seed}/${name}/loss`,
          ),
        )
      : undefined,
    accuracyGain: encodeComparison(accuracyGain),
    lossGain: encodeComparison(lossGain),
    frechet: frechetOf(of, `${seed}/${name}/frechet`),
  };
}

function kindOf(name: string): ArmKind {
  if (name === REAL_ONLY) return ArmKind.REAL_ONLY;
  if (name === QLOOM) return ArmKind.QLOOM;
  if (name === ORACLE) return ArmKind.ORACLE;
  return CLASSICAL.includes(name) ? ArmKind.CLASSICAL : ArmKind.RIVAL;
}

function settingsOfArm({ space, rivalParameters }: EvaluationContext, name: string, { selection, rivals }: Choices) {
  const isQloom = name === QLOOM_UNSELECTED || (name === QLOOM && selection.addsData);
  const point = isQloom ? selection.best?.hyperparameters : rivals.get(name);
  return point ? encodeAnyPoint(point, space, rivalParameters) : [];
}

function frechetOf(draws: readonly DrawResult[], seed: string): WireInterval | undefined {
  const values = draws.flatMap((draw) => (draw.frechet === null ? [] : [draw.frechet]));
  return values.length === 0 ? undefined : encodeInterval(meanInterval(values, seed));
}

/** Candidates by utility, then "add nothing", whose U is 0 by definition. */
function incumbentsOf({ space, rivalParameters }: EvaluationContext, { selection }: Choices): Incumbent[] {
  const candidates = selection.ranked.map(({ episode, hyperparameters, utility }, i) => ({
    episode,
    utility: { estimate: utility.value, lower: utility.interval[0], upper: utility.interval[1], level: 0.95 },
    hyperparameters: encodeAnyPoint(hyperparameters, space, rivalParameters),
    chosen: i === 0 && selection.addsData,
  }));
  const nothing = { utility: { estimate: 0, lower: 0, upper: 0, level: 0.95 }, hyperparameters: [] };
  return [...candidates, { ...nothing, episode: undefined, chosen: !selection.addsData }];
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
    observation: measurement ? encodeObservation(observe(measurement, decodeMultipliers(propose.multipliers))) : [],
  };
}

/** Batches folded before the last proposal; 0 where nothing was learned from any. */
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
  for (const name of view.units.keys()) {
    const effort = readUnit<Partial<Effort>>(view.units, name);
    gradientSteps += effort?.gradientSteps ?? 0;
    circuitExecutions += effort?.circuitExecutions ?? 0;
  }
  return { gradientSteps, circuitExecutions };
}

function encodeInterval({
  estimate,
  low,
  high,
  level,
}: {
  estimate: number;
  low: number;
  high: number;
  level: number;
}) {
  return { estimate, lower: low, upper: high, level };
}

function encodeComparison(comparison: Comparison | undefined): PairedComparison | undefined {
  if (comparison === undefined) return undefined;
  const { difference, pValue, pValueHolm } = comparison;
  return { difference: encodeInterval(difference), pValue, pValueHolm };
}
