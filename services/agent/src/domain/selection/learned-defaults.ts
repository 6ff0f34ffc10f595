import type { Configuration, Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { createSpace, defaultConfiguration, type Space } from '@qloom/study/space/space.ts';
import { SYNTH_RATIO } from '@qloom/study/synthesis/synthesis-plan.ts';

/** A default that was learned on other data than a study's: a function of the number of labels. */
interface LearnedDefault {
  /** Hyperparameter, as advertised. */
  readonly name: string;
  /** Its value for a study with `labels` labels, before it is clipped to the study's range. */
  value(labels: number): number;
}

/**
 * Synthetic points per label, min(8, 8·(80/N)^1.5): the ratio with the highest mean gain on test points was 8 up to
 * N = 80 and about 1 at N = 320, on replicates of hidden manifold and ANNNI that no study uses.
 */
export const ratioByLabels = (labels: number): number => Math.min(8, 8 * (80 / labels) ** 1.5);

/**
 * Defaults learned across tasks, one row per hyperparameter. Each row was chosen by the gain on test points of draws with
 * other seeds than any report's (`node bench/src/main.ts ratios`). All other hyperparameters keep the default that their service
 * advertises.
 */
const LEARNED_DEFAULTS: readonly LearnedDefault[] = [{ name: SYNTH_RATIO, value: ratioByLabels }];

/** `parameter` with its learned default for N = `labels`, clipped to its range; unchanged without one, or if it is pinned. */
export function withLearnedDefault<P extends Hyperparameter>(parameter: P, labels: number): P {
  const learned = LEARNED_DEFAULTS.find(({ name }) => name === parameter.name);
  if (learned === undefined || parameter.kind === 'categorical' || parameter.min === parameter.max) return parameter;
  const clipped = Math.min(parameter.max, Math.max(parameter.min, learned.value(labels)));
  return { ...parameter, default: parameter.kind === 'int' ? Math.round(clipped) : clipped };
}

/**
 * The default configuration of a study with N = `labels`: the defaults of its search space, which holds the study's own
 * restrictions, with the learned ones. Null if it adds no points.
 */
export function learnedConfiguration(space: Space, labels: number): Configuration | null {
  const parameters = space.parameters.map((parameter) => withLearnedDefault(parameter, labels));
  const configuration = defaultConfiguration(createSpace(parameters));
  return addsPoints(configuration) ? configuration : null;
}

/** Whether a configuration adds points. */
export function addsPoints(configuration: Configuration): boolean {
  return configuration[SYNTH_RATIO] !== 0 && configuration.method !== 'none';
}
