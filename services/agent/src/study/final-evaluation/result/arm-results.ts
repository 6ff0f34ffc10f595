import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ArmKind,
  type ArmResult,
  type ClassRecall,
  type LearningCurve,
  type PairedComparison,
  Score,
  type Interval as WireInterval,
} from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { Tensor } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { ACCURACY_RANGE } from '@qloom/metrics/statistics/mean-test.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { encodeForeignConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { Choices, Decisions, Portfolio } from '../../../domain/evaluation/choices.ts';
import {
  type ArmScores,
  type Comparison,
  compareArms,
  meanInterval,
  plainInterval,
  type Replicates,
  type Scale,
} from '../../../domain/evaluation/compare-arms.ts';
import { CLASSICAL, ORACLE, PORTFOLIO, QLOOM, QLOOM_UNSELECTED, REAL_ONLY } from '../../../domain/evaluation/jobs.ts';
import {
  balancedAccuracyOf,
  isBalanced,
  recallsOf,
  type TestScore,
  unpackTestScore,
} from '../../../domain/evaluation/test-score.ts';
import { mean } from '../../../domain/maths/statistics.ts';
import type { EvaluationContext } from '../jobs/evaluation-context.ts';
import type { ReplicateResult } from '../jobs/job-results.ts';
import { type Curve, meanCurves } from '../jobs/learning-curves.ts';
import { gapOfArm } from './gap-of-arm.ts';

/** Scores of an arm, by replicate; null for a replicate without a score. */
export interface ArmReplicates {
  readonly name: string;
  readonly draws: readonly (ReplicateResult | null)[];
}

/** An arm with its test scores unpacked. */
interface OpenedArm extends ArmReplicates {
  readonly tests: readonly (TestScore | null)[];
}

/** Kinds of arms between real data only and the oracle. */
const WITH_GAP: readonly ArmKind[] = [ArmKind.RIVAL, ArmKind.QLOOM, ArmKind.PORTFOLIO];

type Comparisons = ReadonlyMap<string, Comparison>;

/** How the replicates of a study relate. */
export function replicatesOf({ data, labels }: EvaluationContext, test: number): Replicates {
  return data.sharesTest ? { kind: 'fresh', test } : { kind: 'splits', labels: labels.count, test };
}

/**
 * The arms of the final evaluation, each compared with the first, real data only. Yields to the event loop between its
 * parts.
 */
export async function armResults(
  context: EvaluationContext,
  scored: readonly ArmReplicates[],
  choices: Choices,
  draws: Replicates,
  seed: string,
): Promise<ArmResult[]> {
  const arms = scored.map((arm): OpenedArm => ({ ...arm, tests: arm.draws.map(testOf) }));
  const compared = async (scale: Scale, label: string, of: (arm: OpenedArm) => ArmScores | null) => {
    await nextTurn();
    const [reference, ...rest] = arms.map(of);
    const known = rest.filter((arm) => arm !== null);
    return reference === null ? new Map() : compareArms(reference, known, draws, scale, `${seed}/${label}`);
  };
  const accuracy = await compared('accuracy', 'accuracy', accuraciesOf);
  const balanced = await compared('balanced-accuracy', 'balanced', balancedAccuraciesOf);
  const loss = await compared('unbounded', 'loss', lossReductionsOf);
  await nextTurn();
  const [realOnly] = arms;
  const oracle = arms.find(({ name }) => name === ORACLE);
  return arms.map((arm) => {
    const result = armResult(context, arm, choices, draws, { accuracy, balanced, loss });
    if (oracle === undefined || !WITH_GAP.includes(result.kind)) return result;
    const gap = gapOfArm(arm, realOnly, oracle, `${seed}/gap/${arm.name}`);
    return { ...result, gapClosed: gap === null ? undefined : encodeInterval(gap) };
  });
}

/** The score of the verdict, and warnings about it. */
export function headlineOf(
  arms: readonly ArmResult[],
  classCounts: readonly number[],
): { headline: Score; warnings: string[] } {
  const isKnown = arms.every((arm) => arm.balancedAccuracy !== undefined);
  const warnings = isKnown
    ? []
    : [
        'The predictions behind some scores are not known, so that intervals of differences take errors as independent, and ' +
          'recall and balanced accuracy are missing.',
      ];
  if (isBalanced(classCounts)) return { headline: Score.ACCURACY, warnings };
  if (isKnown) return { headline: Score.BALANCED_ACCURACY, warnings };
  const share = Math.max(...classCounts) / classCounts.reduce((sum, count) => sum + count, 0);
  warnings.push(
    `The classes of the test set are unequal, but without predictions arms are judged by accuracy: answering with the largest ` +
      `class alone would score ${(100 * share).toFixed(1)}%.`,
  );
  return { headline: Score.ACCURACY, warnings };
}

/** Mean Fréchet distance to the test set, over the replicates that have one. */
export function frechetOf(arm: ArmReplicates | undefined, draws: Replicates): WireInterval | undefined {
  const values = scoresOf(arm?.draws ?? []).flatMap(({ frechet }) => (frechet === null ? [] : [frechet]));
  return values.length === 0 ? undefined : encodeInterval(plainInterval(values, draws, [0, Number.POSITIVE_INFINITY]));
}

/** An interval as a message. */
export function encodeInterval({ estimate, low, high, level }: Interval): WireInterval {
  return { estimate, lower: low, upper: high, level };
}

function testOf(draw: ReplicateResult | null): TestScore | null {
  return draw?.test === undefined ? null : unpackTestScore(draw.test);
}

/** The replicates with a score of an arm. */
function scoresOf(draws: readonly (ReplicateResult | null)[]): ReplicateResult[] {
  return draws.filter((draw) => draw !== null);
}

function accuraciesOf({ name, draws, tests }: OpenedArm): ArmScores {
  return { name, scores: draws.map((draw) => draw?.accuracy ?? null), tests };
}

/** The mean of losses. Cross-entropy and squared error are never negative; another loss may be, and has no bound. */
function lossInterval(losses: readonly number[], draws: Replicates): Interval {
  return plainInterval(losses, draws, losses.every((loss) => loss >= 0) ? [0, Number.POSITIVE_INFINITY] : undefined);
}

/** Null if the predictions of a replicate are unknown. */
function balancedAccuraciesOf({ name, draws, tests }: OpenedArm): ArmScores | null {
  if (draws.some((draw, i) => draw !== null && tests[i] === null)) return null;
  return { name, scores: tests.map((test) => test && balancedAccuracyOf(test)), tests };
}

/**
 * For losses the gain is their reduction, so that a positive gain is better here too. Null for a classifier without a
 * loss.
 */
function lossReductionsOf({ name, draws }: OpenedArm): ArmScores | null {
  if (scoresOf(draws).some(({ loss }) => loss === null)) return null;
  return { name, scores: draws.map((draw) => draw && -(draw.loss ?? 0)) };
}

function armResult(
  context: EvaluationContext,
  arm: OpenedArm,
  choices: Choices,
  draws: Replicates,
  compared: { readonly accuracy: Comparisons; readonly balanced: Comparisons; readonly loss: Comparisons },
): ArmResult {
  const { name, tests } = arm;
  const balanced = balancedAccuraciesOf(arm);
  const losses = scoresOf(arm.draws).map(({ loss }) => loss);
  return {
    name,
    kind: kindOf(name),
    hyperparameters: settingsOfArm(context, name, choices),
    draws: arm.draws.flatMap((score, draw) => {
      if (score === null) return [];
      const { accuracy, loss, syntheticCount, seconds, auc, logLoss } = score;
      const balancedAccuracy = balanced?.scores[draw] ?? undefined;
      return [{ draw, accuracy, loss: loss ?? undefined, syntheticCount, seconds, balancedAccuracy, auc, logLoss }];
    }),
    accuracy: encodeInterval(meanInterval(accuraciesOf(arm), draws, 'accuracy')),
    loss: losses.every((loss) => loss !== null) ? encodeInterval(lossInterval(losses, draws)) : undefined,
    accuracyGain: encodeComparison(compared.accuracy.get(name)),
    lossGain: encodeComparison(compared.loss.get(name)),
    frechet: frechetOf(arm, draws),
    balancedAccuracy:
      balanced === null ? undefined : encodeInterval(meanInterval(balanced, draws, 'balanced-accuracy')),
    balancedAccuracyGain: encodeComparison(compared.balanced.get(name)),
    auc: optionalInterval(arm, (score) => score.auc, draws, ACCURACY_RANGE),
    logLoss: optionalInterval(arm, (score) => score.logLoss, draws, [0, Number.POSITIVE_INFINITY]),
    rightShares: encodeRightShares(arm, draws),
    curves: meanCurves(scoresOf(arm.draws).map(({ curves }) => curves ?? [])).map(encodeCurve),
    classRecalls: balanced === null ? [] : classRecallsOf(tests.filter((test) => test !== null)),
  };
}

/** The mean of a score over replicates; undefined if one of them has none. */
function optionalInterval(
  { draws }: ArmReplicates,
  of: (score: ReplicateResult) => number | undefined,
  replicates: Replicates,
  range: readonly [number, number],
): WireInterval | undefined {
  const scores = scoresOf(draws);
  const known = scores.flatMap((score) => of(score) ?? []);
  return known.length < scores.length ? undefined : encodeInterval(plainInterval(known, replicates, range));
}

/**
 * Share of right predictions of each test point over the replicates, class by class; undefined where replicates have no
 * common test points, or predictions are unknown.
 */
function encodeRightShares({ draws, tests }: OpenedArm, { kind }: Replicates): Tensor | undefined {
  const known = tests.filter((test) => test !== null).map((test) => test.flatMap((points) => [...points]));
  if (kind !== 'fresh' || known.length === 0 || known.length < scoresOf(draws).length) return undefined;
  const [{ length }] = known;
  if (known.some((shares) => shares.length !== length)) return undefined;
  return encodeTensor(Float32Array.from({ length }, (_, point) => mean(known.map((shares) => shares[point]))));
}

function encodeCurve({ name, progress, values }: Curve): LearningCurve {
  return { name, progress: [...progress], values: [...values] };
}

/** Mean recall over replicates of each class that has test points. */
function classRecallsOf(tests: readonly TestScore[]): ClassRecall[] {
  const recalls = tests.map(recallsOf);
  return (recalls[0] ?? []).flatMap((_, label) => {
    const known = recalls.map((draw) => draw[label]).filter((recall) => recall !== null);
    return known.length === 0 ? [] : [{ label, recall: mean(known) }];
  });
}

function kindOf(name: string): ArmKind {
  if (name === REAL_ONLY) return ArmKind.REAL_ONLY;
  if (name === QLOOM) return ArmKind.QLOOM;
  if (name === PORTFOLIO) return ArmKind.PORTFOLIO;
  if (name === ORACLE) return ArmKind.ORACLE;
  return CLASSICAL.includes(name) ? ArmKind.CLASSICAL : ArmKind.RIVAL;
}

function settingsOfArm({ space, baselineHyperparameters }: EvaluationContext, name: string, choices: Choices) {
  const configuration = configurationOf(name, choices);
  return configuration ? encodeForeignConfiguration(configuration, space, baselineHyperparameters) : [];
}

/** The configuration whose points an arm adds; absent where it adds none. */
function configurationOf(name: string, choices: Choices): Configuration | null | undefined {
  const { selection, baselines, portfolio } = choices;
  const isAdded = ({ replicates }: Decisions) => replicates.some((decision) => decision?.adds);
  const takesItsMethod = ({ replicates, method }: Portfolio) =>
    replicates.some((decision) => decision?.adds && decision.arm === method.best?.arm);
  switch (name) {
    case QLOOM:
      return isAdded(choices) ? selection.best?.hyperparameters : null;
    case QLOOM_UNSELECTED:
      return selection.best?.hyperparameters;
    case PORTFOLIO:
      return portfolio && takesItsMethod(portfolio) ? portfolio.method.best?.hyperparameters : null;
    default:
      return baselines.get(name);
  }
}

function encodeComparison(comparison: Comparison | undefined): PairedComparison | undefined {
  if (comparison === undefined) return undefined;
  const { difference, pValue, pValueHolm } = comparison;
  return { difference: encodeInterval(difference), pValue, pValueHolm };
}
