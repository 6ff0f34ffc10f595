import { createRandom } from '@qloom/random/random.ts';
import { createSobol } from '../policy/sobol/sobol.ts';
import { SYNTH_RATIO } from '../policy/sobol/warm-start.ts';
import { fromUnit } from '../space/encode.ts';
import type { Hyperparameters, NumericParameter, Parameter } from '../space/parameter.ts';
import { createSpace, defaultPoint } from '../space/space.ts';

/** Name of the parameter that says how far a rival departs from the training points. */
export const RIVAL_STRENGTH = 'rival.strength';

/** What a rival may tune, from what the generator advertises: how many points, and how far from the real ones. */
export function rivalParameters(advertised: readonly Parameter[]): NumericParameter[] {
  return [SYNTH_RATIO, RIVAL_STRENGTH].flatMap((name) => {
    const parameter = advertised.find((candidate) => candidate.name === name);
    if (parameter === undefined || parameter.kind === 'categorical') return [];
    // A rival that adds nothing is the arm "real-only", which is there already.
    return [{ ...parameter, condition: undefined, zeroAllowed: false, default: parameter.default || parameter.min }];
  });
}

/**
 * Setting `index` of a rival: its defaults first, then points of a Sobol sequence over ratio and strength, with the
 * method's name.
 */
export function rivalSetting(
  parameters: readonly NumericParameter[],
  rival: string,
  index: number,
  seed: number,
): Hyperparameters {
  const space = createSpace(parameters);
  const sobol = createSobol(space.parameters.length, createRandom(`rival/${seed}/${rival}`));
  const point = index === 0 ? defaultPoint(space) : fromUnit(space, sobol.point(index - 1));
  return { method: rival, ...point };
}

/** The setting with the least pooled loss; of equal ones the first. Those that failed have none. */
export function bestSetting<T extends { readonly loss: number | null }>(settings: readonly T[]): T | null {
  let best: T | null = null;
  for (const setting of settings) {
    if (setting.loss !== null && (best === null || best.loss === null || setting.loss < best.loss)) best = setting;
  }
  return best;
}
