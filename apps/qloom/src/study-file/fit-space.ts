import type { SpaceOverride } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { describeRange, invalidReason } from '@qloom/study/hyperparameters/check-value.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { encodeValue } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { nearest } from '../command/nearest.ts';
import type { LoadedStudy } from './load-study-file.ts';
import { type Problem, StudyFileError } from './problem.ts';

/**
 * The overrides of a study with values of the kind that the services advertise: `disc.filters: 8` becomes the choice
 * "8", `gan.lrG: 1` the real number 1. Throws {@link StudyFileError}, with lines, for names that no service offers and
 * values that it does not allow, unless they apply only as far as they are offered.
 */
export function fitOverrides(
  loaded: LoadedStudy,
  overrides: readonly SpaceOverride[],
  space: readonly Hyperparameter[],
): SpaceOverride[] {
  const problems: Problem[] = [];
  const fitted = overrides.map((override) => {
    const path = ['space', override.name];
    const say = (message: string): void => {
      problems.push({ line: loaded.positions.lineOfKey(path), field: path.join('.'), message });
    };
    const parameter = space.find((candidate) => candidate.name === override.name);
    if (override.ifOffered) return parameter === undefined ? override : fitOne(parameter, override, () => {});
    if (parameter === undefined) {
      const names = space.map((candidate) => candidate.name);
      const meant = nearest(override.name, names);
      const hint = meant === undefined ? '.' : `; did you mean "${meant}"?`;
      say(`no service offers it${hint} Offered: ${names.join(', ')}`);
      return override;
    }
    return fitOne(parameter, override, say);
  });
  if (problems.length > 0) throw new StudyFileError(loaded.path, problems);
  return fitted;
}

function fitOne(parameter: Hyperparameter, override: SpaceOverride, say: (message: string) => void): SpaceOverride {
  const fixed = override.fixed?.value?.value;
  const bounds = [override.minimum, override.maximum].filter((bound) => bound !== undefined);
  if (parameter.kind === 'categorical') {
    if (bounds.length > 0) say(`is a choice and has no range; right would be ${describeRange(parameter)}`);
  } else if (override.choices.length > 0) {
    say(`is ${describeRange(parameter)}; right would be a value or {min, max}, not a list`);
    return override;
  }
  const value = parameter.kind === 'categorical' && fixed !== undefined ? String(fixed) : fixed;
  const given = [value, ...override.choices, ...(parameter.kind === 'categorical' ? [] : bounds)];
  for (const one of given) {
    const reason = one === undefined ? null : invalidReason(parameter, one);
    if (reason !== null) say(reason);
  }
  const fits = value !== undefined && invalidReason(parameter, value) === null;
  return fits ? { ...override, fixed: encodeValue(parameter, value) } : override;
}
