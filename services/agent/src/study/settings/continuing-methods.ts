import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { METHOD } from '@qloom/study/synthesis/offered-method.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import type { GeneratorMethods } from './usable-methods.ts';

/** Whether fits continue from models with every method of a study's space. */
export function everyMethodContinues(
  space: readonly Hyperparameter[],
  { described }: Pick<GeneratorMethods, 'described'>,
): boolean {
  const methods = space.find(({ name }) => name === METHOD);
  return (
    methods?.kind === 'categorical' && methods.choices.every((choice) => described.get(choice)?.continues === true)
  );
}

/** The refusal of a policy whose fits continue from models, where the methods of the study's space do not. */
export function needsOtherMethods(policy: string, { described }: Pick<GeneratorMethods, 'described'>): ValidationError {
  const names = [...described.values()].filter(({ continues }) => continues).map(({ name }) => name);
  const right = names.length > 0 ? `${names.join(' or ')} in space.${METHOD}` : 'a generator that offers them';
  const description = `${quoted(policy)} needs methods whose fits continue from models; right would be ${right}, or another policy`;
  return new ValidationError([{ field: 'settings.policy', description }]);
}
