import type { SpaceOverride } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { InvalidHyperparameterError } from '@qloom/study/hyperparameters/invalid-hyperparameter-error.ts';
import { type Restriction, restrictSpace } from '@qloom/study/space/restrict.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/** The hyperparameter for the method of synthesis, and its default value in a study. */
const METHOD = { name: 'method', value: 'gan' } as const;

/**
 * The advertised space with the changes of a study. A study that does not mention `method` tunes the VAE-GAN; a search
 * among methods must be requested by naming their choices. Throws ValidationError.
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
  const method = advertised.parameters.find((parameter) => parameter.name === METHOD.name);
  if (method?.kind === 'categorical' && method.choices.includes(METHOD.value)) {
    restrictions[METHOD.name] ??= { value: METHOD.value };
  }
  try {
    return restrictSpace(advertised, restrictions);
  } catch (error) {
    if (!(error instanceof InvalidHyperparameterError)) throw error;
    const reason = error.message.slice(error.field.length + 2);
    throw new ValidationError([{ field: `settings.${error.field}`, description: reason }]);
  }
}
