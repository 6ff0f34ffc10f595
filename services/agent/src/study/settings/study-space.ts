import type { SpaceOverride } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { InvalidHyperparameterError } from '@qloom/study/hyperparameters/invalid-hyperparameter-error.ts';
import { type Restriction, restrictSpace } from '@qloom/study/space/restrict.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { METHOD } from '@qloom/study/synthesis/offered-method.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/**
 * The advertised space with the changes of a study. A study that does not mention `method` tunes the generator's default
 * method; a search among methods must be requested by naming their choices. Throws ValidationError.
 */
export function studySpace(advertised: Space, overrides: readonly SpaceOverride[]): Space {
  const restrictions: Record<string, Restriction> = {};
  overrides.forEach((override, i) => {
    if (override.name in restrictions) {
      throw new ValidationError([
        { field: `settings.space[${i}].name`, description: `${quoted(override.name)} is there twice` },
      ]);
    }
    restrictions[override.name] = {
      value: override.fixed?.value?.value,
      min: override.minimum,
      max: override.maximum,
      choices: override.choices.length > 0 ? override.choices : undefined,
    };
  });
  const method = advertised.parameters.find((parameter) => parameter.name === METHOD);
  if (method !== undefined) restrictions[METHOD] ??= { value: method.default };
  try {
    return restrictSpace(advertised, restrictions);
  } catch (error) {
    if (!(error instanceof InvalidHyperparameterError)) throw error;
    const reason = error.message.slice(error.field.length + 2);
    throw new ValidationError([{ field: `settings.${error.field}`, description: reason }]);
  }
}
