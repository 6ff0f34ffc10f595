import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { pedAnovaImportance, type TrialColumn } from '@qloom/metrics/statistics/ped-anova.ts';
import { spearmanInterval } from '@qloom/metrics/statistics/rank-correlation.ts';
import type {
  Configuration,
  Hyperparameter,
  NumericHyperparameter,
} from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { positionOf } from '@qloom/study/space/unit-cube.ts';

/** One episode: its configuration and its utility. */
export interface Outcome {
  readonly hyperparameters: Configuration;
  readonly utility: number;
}

/** Association of a hyperparameter with utility. */
export interface Effect {
  readonly name: string;
  /** Spearman's correlation over the episodes in which it was active; null for choices. */
  readonly correlation: Interval | null;
  /** PED-ANOVA share in [0, 1]. */
  readonly importance: number;
}

/** Minimum number of episodes for effects. */
const LEAST = 4;

/** Effects of every parameter that was not pinned; none with fewer than four episodes. */
export function effectsOf(space: Space, outcomes: readonly Outcome[]): Effect[] {
  if (outcomes.length < LEAST) return [];
  const free = space.parameters.filter((parameter) =>
    parameter.kind === 'categorical' ? parameter.choices.length > 1 : parameter.max > parameter.min,
  );
  const columns = Object.fromEntries(free.map((parameter) => [parameter.name, columnOf(parameter, outcomes)]));
  const importance = pedAnovaImportance(
    columns,
    outcomes.map((outcome) => outcome.utility),
  );
  return free.map((parameter) => ({
    name: parameter.name,
    correlation: parameter.kind === 'categorical' ? null : correlationOf(parameter, outcomes),
    importance: importance[parameter.name] ?? 0,
  }));
}

function correlationOf(parameter: NumericHyperparameter, outcomes: readonly Outcome[]): Interval | null {
  const active = outcomes.filter((outcome) => outcome.hyperparameters[parameter.name] !== undefined);
  if (active.length < LEAST) return null;
  return spearmanInterval(
    active.map((outcome) => outcome.hyperparameters[parameter.name] as number),
    active.map((outcome) => outcome.utility),
  );
}

/** Inactive values count as the default, which is neutral; 0 is the low end. */
function columnOf(parameter: Hyperparameter, outcomes: readonly Outcome[]): TrialColumn {
  const values = outcomes.map(({ hyperparameters }) => hyperparameters[parameter.name] ?? parameter.default);
  if (parameter.kind === 'categorical') {
    return { kind: 'category', values: values.map(String), choices: parameter.choices.map(String) };
  }
  const positions = values.map((value) =>
    value === 0 && parameter.min > 0 ? 0 : positionOf(parameter, value as number),
  );
  return { kind: 'number', values: positions, low: 0, high: 1 };
}
