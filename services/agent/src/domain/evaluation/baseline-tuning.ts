import { createRandom } from '@qloom/random/random.ts';
import type {
  Configuration,
  Hyperparameter,
  NumericHyperparameter,
} from '@qloom/study/hyperparameters/hyperparameter.ts';
import { createSpace, defaultConfiguration } from '@qloom/study/space/space.ts';
import { fromUnit } from '@qloom/study/space/unit-cube.ts';
import { SYNTH_RATIO } from '@qloom/study/synthesis/synthesis-plan.ts';
import { createSobol } from '../policy/sobol/sobol.ts';

/** Name of the hyperparameter for how far a baseline departs from the training points. */
const BASELINE_STRENGTH = 'rival.strength';

/**
 * The hyperparameters of a baseline that may be tuned, as the generator advertises them: the number of points, and
 * their distance from the real ones.
 */
export function baselineHyperparameters(advertised: readonly Hyperparameter[]): NumericHyperparameter[] {
  return [SYNTH_RATIO, BASELINE_STRENGTH].flatMap((name) => {
    const parameter = advertised.find((candidate) => candidate.name === name);
    if (parameter === undefined || parameter.kind === 'categorical') return [];
    // A baseline that adds nothing would equal the arm "real-only".
    return [{ ...parameter, condition: undefined, zeroAllowed: false, default: parameter.default || parameter.min }];
  });
}

/** The hyperparameters with `ratio` as the default of `synthRatio`, within its range; unchanged without a ratio, or where it is pinned. */
export function withRatio(
  parameters: readonly NumericHyperparameter[],
  ratio: number | undefined,
): NumericHyperparameter[] {
  return parameters.map((parameter) => {
    if (ratio === undefined || parameter.name !== SYNTH_RATIO || parameter.min === parameter.max) return parameter;
    return { ...parameter, default: Math.min(parameter.max, Math.max(parameter.min, ratio)) };
  });
}

/**
 * Setting `index` of a baseline: its defaults first, then points of a Sobol sequence over ratio and strength, with the
 * method's name.
 */
export function baselineConfiguration(
  parameters: readonly NumericHyperparameter[],
  baseline: string,
  index: number,
  seed: number,
): Configuration {
  const space = createSpace(parameters);
  const sobol = createSobol(space.parameters.length, createRandom(`rival/${seed}/${baseline}`));
  const configuration = index === 0 ? defaultConfiguration(space) : fromUnit(space, sobol.point(index - 1));
  return { method: baseline, ...configuration };
}

/** The setting with the smallest pooled loss; the first of equal ones. Settings that failed have no loss. */
export function bestSetting<T extends { readonly loss: number | null }>(settings: readonly T[]): T | null {
  let best: T | null = null;
  for (const setting of settings) {
    if (setting.loss !== null && (best === null || best.loss === null || setting.loss < best.loss)) best = setting;
  }
  return best;
}
