import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { type DataNeed, METHOD, type OfferedMethod } from '@qloom/study/synthesis/offered-method.ts';
import { decodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { offeredMethods } from '@qloom/study-rpc/codec/offered-methods.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import type { Peers } from '../peers.ts';
import { baselineRefusal, type GeneratorMethods, methodOf } from '../settings/usable-methods.ts';

/** The committee has the labels alone. */
export const NO_SYNTHESIS = 'none';
/** The points of a generator that has no hyperparameter `method`. */
export const ONLY_METHOD = 'generator';
/** Its points need no other data, and it was measured (ADR 0060). */
const DEFAULT_METHOD = 'prior';

/** What a campaign has besides labelled points: its pool. */
export function needsMet({ shots }: { readonly shots: number }): ReadonlySet<DataNeed> {
  return new Set<DataNeed>(shots > 0 ? ['unlabelled', 'shots'] : ['unlabelled']);
}

/** The methods that the generator offers now. Rejects with the errors of the call. */
export async function askMethods(
  { generator }: Pick<Peers, 'generator'>,
  signal: AbortSignal,
): Promise<GeneratorMethods> {
  const answer = await generator.getCapabilities({}, { signal });
  const hyperparameters = (answer.capabilities?.hyperparameters ?? []).map(decodeHyperparameter);
  return { hyperparameters, described: offeredMethods(answer) };
}

/**
 * The setting `synthesis` of a campaign whose data meets the needs `met`: the `given` one, or the default. Throws ValidationError for
 * a method that the generator does not offer to it.
 */
export async function completeSynthesis(
  peers: Pick<Peers, 'generator'>,
  given: string,
  met: ReadonlySet<DataNeed>,
  signal: AbortSignal,
): Promise<string> {
  if (given === NO_SYNTHESIS) return given;
  const methods = await askMethods(peers, signal);
  if (given === '') return baselineRefusal(DEFAULT_METHOD, methods, met) === null ? DEFAULT_METHOD : NO_SYNTHESIS;
  if (given === ONLY_METHOD) {
    if (methodOf(methods) === undefined) return given;
    throw refused(
      `${quoted(given)} is for a generator without the hyperparameter ${quoted(METHOD)}; right would be a method`,
    );
  }
  const refusal = baselineRefusal(given, methods, met);
  if (refusal !== null) throw refused(`${refusal}; right would also be ${quoted(NO_SYNTHESIS)}`);
  return given;
}

function refused(description: string): ValidationError {
  return new ValidationError([{ field: 'settings.synthesis', description }]);
}

/** What a method needs besides labelled points. */
export function needsOf({ described }: GeneratorMethods, synthesis: string): OfferedMethod['needs'] {
  return described.get(synthesis)?.needs ?? [];
}
