import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { pedAnovaImportance, type TrialColumn } from '@qloom/metrics/statistics/ped-anova.ts';
import { rankRegression } from '@qloom/metrics/statistics/rank-regression.ts';
import { findArm, QLOOM_UNSELECTED } from '../../result/arms.ts';
import { plainValue } from '../../result/settings-text.ts';
import type { CompareCell } from '../compared-cells.ts';
import type { CompareResult, Regression } from './compare-result.ts';
import { pairArms } from './paired-arms.ts';

/** A study of a compare with its result. */
export interface FinishedStudy {
  readonly cell: CompareCell;
  readonly result: StudyResult;
}

/** One configuration and what it gave. */
interface Observation {
  readonly settings: readonly HyperparameterSetting[];
  readonly outcome: number;
}

/** P-values of R² below this are an effect. */
const LEVEL = 0.05;

/**
 * Hyperparameters against performance. On test gain, over the studies of the compare: each study's configuration against the
 * mean gain that Qloom's points gave on its draws, less the mean of its place (group and labels), so that places are not
 * compared. On utility, over the episodes of each study with a search; utility decides the search and is no test gain.
 */
export function regressionsOf(
  studies: readonly FinishedStudy[],
  seed: string,
): Pick<CompareResult, 'regressions' | 'noGainRegression'> {
  const searches = studies.flatMap(({ cell, result }): Regression[] => {
    const observations = result.episodes.flatMap(({ hyperparameters, reward }) =>
      reward === undefined ? [] : [{ settings: hyperparameters, outcome: reward.utility }],
    );
    const found = regress(observations, { outcome: 'utility', of: cell.name }, `${seed}/${cell.name}`);
    return typeof found === 'string' ? [] : [found];
  });
  const gain = regress(testGains(studies), { outcome: 'gain', of: 'all cells' }, `${seed}/gain`);
  if (typeof gain !== 'string') return { regressions: [gain, ...searches] };
  return { regressions: searches, noGainRegression: gain };
}

/** The configuration of each study with points of its own, and their gain on test data less the mean of its place. */
function testGains(studies: readonly FinishedStudy[]): Observation[] {
  const rows = studies.flatMap(({ cell, result }) => {
    const realOnly = findArm(result, 'real-only');
    const qloom = findArm(result, 'qloom');
    const arm = qloom?.draws.some((draw) => draw.syntheticCount > 0) ? qloom : findArm(result, QLOOM_UNSELECTED);
    if (arm === undefined || realOnly === undefined || arm.hyperparameters.length === 0) return [];
    const { differences } = pairArms(result, arm, realOnly);
    if (differences.length === 0) return [];
    return [{ place: `${cell.group}/${cell.labels ?? ''}`, settings: arm.hyperparameters, gain: meanOf(differences) }];
  });
  return rows.map(({ place, settings, gain }) => {
    const same = rows.filter((row) => row.place === place).map((row) => row.gain);
    return { settings, outcome: gain - meanOf(same) };
  });
}

/** The regression, or why there is none. */
function regress(
  observations: readonly Observation[],
  what: Pick<Regression, 'outcome' | 'of'>,
  seed: string,
): Regression | string {
  const columns = columnsOf(observations);
  const names = Object.keys(columns);
  if (observations.length === 0) return 'no study has a configuration with points of its own.';
  if (names.length === 0)
    return 'all studies have one configuration. Cells with values of their own under “space” would differ.';
  const numbers = Object.fromEntries(names.flatMap((name) => numericColumns(name, columns[name])));
  const least = Object.keys(numbers).length + 3;
  if (observations.length < least) {
    return `${observations.length} configurations are too few for ${names.length} hyperparameters that vary; ${least} are needed.`;
  }
  const outcome = observations.map((observation) => observation.outcome);
  const { effects, count, rSquared, rSquaredOfChance, pValue } = rankRegression(numbers, outcome, { seed });
  const shares = pedAnovaImportance(columns, outcome);
  const importance = Object.entries(shares)
    .map(([name, share]) => ({ name, share }))
    .sort((a, b) => b.share - a.share);
  const fit = { ...what, count, rSquared, rSquaredOfChance, pValue, importance };
  return {
    ...fit,
    effects: effects.map(({ name, estimate, low, high, level, pValue: p }) => ({
      name,
      estimate,
      low,
      high,
      level,
      pValue: p,
    })),
    sentence: sentenceOf(fit, effects),
  };
}

function sentenceOf(
  { outcome, count, rSquared, rSquaredOfChance, pValue }: Omit<Regression, 'effects' | 'sentence'>,
  effects: readonly {
    readonly name: string;
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
    readonly level: number;
  }[],
): string {
  const percent = (share: number): string => `${Math.round(100 * share)}%`;
  const ofWhat = outcome === 'gain' ? 'the gain on test data' : 'utility on the reward folds';
  const said =
    `Hyperparameters explain ${percent(rSquared)} of the variance of ${ofWhat} in ranks (R², ${count} configurations); ` +
    `as many would explain ${percent(rSquaredOfChance)} of noise`;
  if (pValue >= LEVEL) return `${said}: none matters here (p = ${pValue.toFixed(2)}).`;
  const sure = effects
    .filter(({ low, high, level }) => level > 0 && (low > 0 || high < 0))
    .sort((a, b) => Math.abs(b.estimate) - Math.abs(a.estimate))
    .map(({ name, estimate }) => `${name} (${estimate > 0 ? 'more is better' : 'less is better'})`);
  const which = sure.length === 0 ? 'no single one stands out' : `it is ${sure.slice(0, 3).join(', ')}`;
  return `${said}, and that is no chance (p ${pValue < 0.001 ? '< 0.001' : `= ${pValue.toFixed(3)}`}): ${which}.`;
}

/** The hyperparameters that vary, by name; a value that is absent because it is inactive counts as the median or `–`. */
function columnsOf(observations: readonly Observation[]): Record<string, TrialColumn> {
  const names = [...new Set(observations.flatMap(({ settings }) => settings.map(({ name }) => name)))].sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = observations.map(({ settings }) => {
        const setting = settings.find((candidate) => candidate.name === name);
        return setting && plainValue(setting);
      });
      const column = columnOf(values);
      return column === undefined ? [] : [[name, column] as const];
    }),
  );
}

function columnOf(values: readonly (number | string | undefined)[]): TrialColumn | undefined {
  const known = values.filter((value) => value !== undefined);
  if (new Set(known).size < 2) return undefined;
  if (known.every((value) => typeof value === 'number')) {
    const sorted = [...known].sort((a, b) => a - b);
    const [low, high] = [sorted[0], sorted[sorted.length - 1]];
    const filled = values.map((value) => (typeof value === 'number' ? value : sorted[sorted.length >> 1]));
    if (low > 0 && high / low > 8) {
      return { kind: 'number', values: filled.map(Math.log), low: Math.log(low), high: Math.log(high) };
    }
    return { kind: 'number', values: filled, low, high };
  }
  const choices = values.map((value) => String(value ?? '–'));
  return { kind: 'category', values: choices, choices: [...new Set(choices)].sort() };
}

/** A number as it is; a choice as one column of 0 and 1 for each of its values but the first. */
function numericColumns(name: string, column: TrialColumn): [string, readonly number[]][] {
  if (column.kind === 'number') return [[name, column.values]];
  return column.choices
    .slice(1)
    .map((choice) => [`${name} = ${choice}`, column.values.map((value) => (value === choice ? 1 : 0))]);
}
