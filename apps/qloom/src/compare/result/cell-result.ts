import {
  ArmKind,
  type ArmResult,
  type StudyResult,
  type Interval as WireInterval,
} from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { gapClosed } from '@qloom/metrics/statistics/bootstrap/gap-closed.ts';
import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { armLabel, findArm, QLOOM_UNSELECTED, readingOrder } from '../../result/arms.ts';
import { headlineOf } from '../../result/headline.ts';
import { settingsText } from '../../result/settings-text.ts';
import { verdictOf } from '../../result/verdict.ts';
import type { ArmOfCell, ArmRole, ChoiceOfCell, ComparedPair, FinishedCell } from './compare-result.ts';
import { drawsAreFresh, pairArms, pointDifferences, scoresByDraw, testNotWorse, testPair } from './paired-arms.ts';

/** A comparison before Holm's correction, which needs those of all cells. */
export type RawPair = Pick<ComparedPair, 'difference' | 'pValue'> & { readonly draws: number };

/** A finished cell before Holm's correction. */
export interface RawCell {
  readonly cell: Omit<FinishedCell, 'arms' | 'aboveBaselines'>;
  readonly arms: readonly (Omit<ArmOfCell, 'gain'> & { readonly gain?: RawPair })[];
  readonly aboveBaselines?: RawPair & { readonly baseline: string };
}

/** Compares the arms of one study. `seed` names the random numbers of the tests. */
export function compareArmsOf(result: StudyResult, seed: string): RawCell {
  const headline = headlineOf(result);
  const realOnly = findArm(result, 'real-only');
  const qloom = findArm(result, 'qloom');
  const arms = readingOrder(result.arms).filter((arm) => headline.of(arm) !== undefined);
  const baselines = arms.filter((arm) => roleOf(arm) === 'baseline');
  const best = highest(baselines, (arm) => headline.of(arm)?.estimate ?? 0);
  const created = result.createdAt?.getTime();
  return {
    cell: {
      score: headline.name,
      drawsAre: drawsAreFresh(result) ? 'fresh' : 'splits',
      draws: result.draws,
      labelsUsed: result.labelsUsed,
      testCount: result.testCount,
      ...(result.oracleRatio > 0 ? { oracleRatio: result.oracleRatio } : {}),
      ...(best === undefined ? {} : { bestBaseline: best.name }),
      ...(qloom === undefined || realOnly === undefined
        ? {}
        : { notWorse: testNotWorse(result, pairArms(result, qloom, realOnly), seed) }),
      choice: choiceOf(result),
      verdict: verdictOf(result),
      warnings: result.warnings,
      seconds: created === undefined ? 0 : Math.max(0, ((result.finishedAt?.getTime() ?? created) - created) / 1000),
    },
    arms: arms.map((arm) => armOfCell(result, arm, realOnly, seed)),
    ...(qloom === undefined ? {} : aboveAll(result, qloom, baselines, seed)),
  };
}

/** Role of an arm. The candidate that was not chosen is Qloom's, but no arm of its own in claims. */
function roleOf(arm: Pick<ArmResult, 'name' | 'kind'>): ArmRole {
  if (arm.name === QLOOM_UNSELECTED) return 'qloom';
  const roles: Partial<Record<number, ArmRole>> = {
    [ArmKind.REAL_ONLY]: 'real-only',
    [ArmKind.QLOOM]: 'qloom',
    [ArmKind.PORTFOLIO]: 'portfolio',
    [ArmKind.ORACLE]: 'oracle',
    [ArmKind.CLASSICAL]: 'classical',
  };
  return roles[arm.kind] ?? 'baseline';
}

function armOfCell(
  result: StudyResult,
  arm: ArmResult,
  realOnly: ArmResult | undefined,
  seed: string,
): RawCell['arms'][number] {
  const headline = headlineOf(result);
  const known = headline.gainOf(arm);
  const gains = realOnly === undefined || realOnly === arm ? [] : pairArms(result, arm, realOnly).differences;
  const total = arm.draws.reduce((sum, draw) => sum + draw.seconds, 0);
  return {
    name: arm.name,
    label: armLabel(arm),
    role: roleOf(arm),
    draws: arm.draws.length,
    score: decodeInterval(headline.of(arm)) as Interval,
    accuracy: decodeInterval(arm.accuracy),
    balancedAccuracy: decodeInterval(arm.balancedAccuracy),
    auc: decodeInterval(arm.auc),
    logLoss: decodeInterval(arm.logLoss),
    ...(known?.difference === undefined
      ? {}
      : {
          gain: {
            difference: decodeInterval(known.difference) as Interval,
            pValue: known.pValue,
            draws: arm.draws.length,
          },
        }),
    gains,
    ...gapOf(result, arm, realOnly, seed),
    seconds: arm.draws.length === 0 ? 0 : total / arm.draws.length,
    configuration: settingsText(arm.hyperparameters),
    curves: arm.curves,
  };
}

/** The share of the gap that an arm with added points closes. */
function gapOf(
  result: StudyResult,
  arm: ArmResult,
  realOnly: ArmResult | undefined,
  seed: string,
): Pick<ArmOfCell, 'gapClosed' | 'noGap'> {
  const oracle = findArm(result, 'oracle');
  const adds = ['baseline', 'qloom', 'portfolio'].includes(roleOf(arm));
  if (!adds || realOnly === undefined) return {};
  if (oracle === undefined) return { noGap: 'no oracle: true samples are known of tasks only' };
  const [alone, whole] = [scoresByDraw(result, realOnly), scoresByDraw(result, oracle)];
  const draws = [...scoresByDraw(result, arm)].flatMap(([draw, score]) => {
    const [low, high] = [alone.get(draw), whole.get(draw)];
    return low === undefined || high === undefined ? [] : [{ arm: score, realOnly: low, oracle: high }];
  });
  if (draws.length === 0) return { noGap: 'no draw has this arm and the oracle' };
  const points = {
    arm: pointDifferences(result, arm, realOnly),
    oracle: pointDifferences(result, oracle, realOnly),
  };
  const { arm: ours, oracle: theirs } = points;
  const closed = gapClosed(draws, ours && theirs && { arm: ours, oracle: theirs }, `${seed}/${arm.name}`);
  return 'interval' in closed ? { gapClosed: closed.interval } : { noGap: closed.reason };
}

/**
 * Qloom against every baseline: the pair with the smallest difference, and the greatest p-value, because "above every
 * baseline" needs all of them (intersection-union test).
 */
function aboveAll(
  result: StudyResult,
  qloom: ArmResult,
  baselines: readonly ArmResult[],
  seed: string,
): Pick<RawCell, 'aboveBaselines'> {
  const tested = baselines.flatMap((arm) => {
    const paired = pairArms(result, qloom, arm);
    if (paired.differences.length === 0) return [];
    const test = testPair(result, paired, `${seed}/above/${arm.name}`);
    return [{ baseline: arm.name, draws: paired.differences.length, ...test }];
  });
  const nearest = highest(tested, ({ difference }) => -difference.estimate);
  if (nearest === undefined) return {};
  return { aboveBaselines: { ...nearest, pValue: Math.max(...tested.map(({ pValue }) => pValue)) } };
}

function choiceOf(result: StudyResult): ChoiceOfCell {
  const arm = findArm(result, 'qloom');
  const draws = arm?.draws ?? [];
  const added = draws.filter((draw) => draw.syntheticCount > 0);
  const chosen = result.incumbents.find((incumbent) => incumbent.chosen);
  const shown = added.length > 0 ? added : (findArm(result, QLOOM_UNSELECTED)?.draws ?? []);
  const points = shown.reduce((sum, draw) => sum + draw.syntheticCount, 0);
  const configuration = settingsText(chosen?.hyperparameters ?? []);
  return {
    added: added.length,
    draws: draws.length,
    ...(added.length === 0 ? {} : { ratio: points / (shown.length * Math.max(1, result.labelsUsed)) }),
    configuration,
    origin: configuration === '' ? 'none' : chosen?.episode === undefined ? 'default' : 'search',
    episodes: result.episodes.length,
    isPerDraw: result.choices.length > 0,
  };
}

function highest<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || of(item) > of(best) ? item : best),
    undefined,
  );
}

function decodeInterval(interval: WireInterval | undefined): Interval | undefined {
  if (interval === undefined) return undefined;
  const { estimate, lower, upper, level } = interval;
  return { estimate, low: lower, high: upper, level };
}
