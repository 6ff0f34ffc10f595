import type { SpaceOverride } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { InvalidHyperparameterError } from '@qloom/study/hyperparameters/invalid-hyperparameter-error.ts';
import { offeredPart } from '@qloom/study/space/offered-part.ts';
import { type Restriction, restrictSpace } from '@qloom/study/space/restrict.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { METHOD } from '@qloom/study/synthesis/offered-method.ts';
import { SYNTH_RATIO } from '@qloom/study/synthesis/synthesis-plan.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/**
 * Hyperparameters that a study searches without naming them: those that move the gain on test points. Over the draws of the
 * evidence (`docs/evidence.md`) the others explain about nothing of it, and each more makes the search's maximum of noise larger.
 */
const SEARCHED: readonly string[] = [SYNTH_RATIO, 'vae.latentDim', 'gan.steps'];

/**
 * The space that a study searches: {@link studySpace}, with every hyperparameter fixed at its default that is neither in
 * {@link SEARCHED} nor named by the study. A generator that offers none of those but the ratio is another one than Qloom's, of which
 * nothing is known: all that it offers is searched. Throws ValidationError.
 */
export function searchSpace(advertised: Space, overrides: readonly SpaceOverride[]): Space {
  const space = studySpace(advertised, overrides);
  const isKnown = space.parameters.some(({ name }) => name !== SYNTH_RATIO && SEARCHED.includes(name));
  if (!isKnown) return space;
  const named = new Set([...SEARCHED, ...overrides.map(({ name }) => name)]);
  const fixed = space.parameters.filter(({ name }) => !named.has(name));
  return restrictSpace(space, Object.fromEntries(fixed.map((each) => [each.name, { value: each.default }])));
}

/**
 * The advertised space with the changes of a study. A study that does not mention `method` tunes the generator's default
 * method; a search among methods must be requested by naming their choices. Throws ValidationError.
 */
export function studySpace(advertised: Space, overrides: readonly SpaceOverride[]): Space {
  const restrictions: Record<string, Restriction> = {};
  /** Names that are left out because nothing of them is offered. */
  const seen = new Set<string>();
  overrides.forEach((override, i) => {
    if (override.name in restrictions || seen.has(override.name)) {
      throw new ValidationError([
        { field: `settings.space[${i}].name`, description: `${quoted(override.name)} is there twice` },
      ]);
    }
    const restriction = {
      value: override.fixed?.value?.value,
      min: override.minimum,
      max: override.maximum,
      choices: override.choices.length > 0 ? override.choices : undefined,
    };
    const offered = advertised.parameters.find(({ name }) => name === override.name);
    const part = override.ifOffered ? offeredPart(offered, restriction) : restriction;
    if (part !== undefined) restrictions[override.name] = part;
    else seen.add(override.name);
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
