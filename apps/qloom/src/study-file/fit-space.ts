import type { SpaceOverride } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { type Hyperparameter, HyperparameterKind } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { nearest } from './check-schema.ts';
import type { LoadedStudy } from './load-study-file.ts';
import { type Problem, StudyFileError } from './problem.ts';

/**
 * The overrides of a study with values of the kind that the services advertise: `disc.filters: 8` becomes the choice
 * "8", `gan.lrG: 1` the real number 1. Throws {@link StudyFileError}, with lines, for names that no service offers and
 * values that it does not allow.
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
    if (parameter === undefined) {
      const names = space.map((candidate) => candidate.name);
      const meant = nearest(override.name, names);
      say(
        `no service offers it${meant === undefined ? '' : `; did you mean "${meant}"?`} Offered: ${names.join(', ')}`,
      );
      return override;
    }
    return fitOne(parameter, override, say);
  });
  if (problems.length > 0) throw new StudyFileError(loaded.path, problems);
  return fitted;
}

function fitOne(parameter: Hyperparameter, override: SpaceOverride, say: (message: string) => void): SpaceOverride {
  const fixed = override.fixed?.value?.value;
  if (parameter.kind === HyperparameterKind.CHOICE) {
    if (override.minimum !== undefined || override.maximum !== undefined) {
      say(`is a choice and has no range; give some of ${parameter.choices.join(', ')}`);
    }
    const given = fixed === undefined ? override.choices : [String(fixed)];
    for (const choice of given) {
      if (!parameter.choices.includes(choice)) say(`${quoted(choice)} is not one of ${parameter.choices.join(', ')}`);
    }
    return fixed === undefined
      ? override
      : { ...override, fixed: { value: { $case: 'choice', value: String(fixed) } } };
  }
  const { minimum, maximum } = parameter;
  const range = `${minimum} … ${maximum}${parameter.zeroAllowed ? ' or 0' : ''}`;
  if (override.choices.length > 0) say(`is a number in ${range}; give a value or {min, max}, not a list`);
  const whole = parameter.kind === HyperparameterKind.INTEGER;
  for (const value of [fixed, override.minimum, override.maximum]) {
    if (value === undefined) continue;
    const allowed =
      typeof value === 'number' && ((value >= minimum && value <= maximum) || (value === 0 && parameter.zeroAllowed));
    if (!allowed) say(`${quoted(value)} is not in ${range}`);
    else if (whole && !Number.isInteger(value)) say(`${value} is not a whole number`);
  }
  if (typeof fixed !== 'number') return override;
  return {
    ...override,
    fixed: { value: whole ? { $case: 'integer', value: fixed } : { $case: 'real', value: fixed } },
  };
}
