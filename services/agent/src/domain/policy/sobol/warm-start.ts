import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { fromUnit, ZERO_SHARE } from '@qloom/study/space/unit-cube.ts';
import { SYNTH_RATIO } from '@qloom/study/synthesis/synthesis-plan.ts';
import type { PolicySettings } from '../policy.ts';
import { createSobol } from './sobol.ts';

/**
 * The Sobol point of an episode of the warm start. Exactly one, the last, has synthRatio 0 (where the space allows 0);
 * the others add points.
 */
export function warmConfiguration(settings: PolicySettings, episode: number): Configuration {
  const unit = sobolUnit(settings, episode);
  const ratio = ratioIndex(settings.space);
  if (ratio !== null) {
    const isLast = episode === settings.sobolEpisodes - 1;
    unit[ratio] = isLast ? 0 : ZERO_SHARE + (1 - ZERO_SHARE) * unit[ratio];
  }
  return fromUnit(settings.space, unit);
}

/** The study's Sobol point `index` in the unit cube. */
export function sobolUnit({ space, seed }: PolicySettings, index: number): Float64Array {
  return createSobol(space.parameters.length, createRandom(`${seed}/sobol`)).point(index);
}

function ratioIndex(space: Space): number | null {
  const index = space.parameters.findIndex(
    (parameter) => parameter.name === SYNTH_RATIO && parameter.kind !== 'categorical' && parameter.zeroAllowed === true,
  );
  return index < 0 ? null : index;
}
