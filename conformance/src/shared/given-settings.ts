import type {
  Hyperparameter,
  HyperparameterSetting,
  HyperparameterValue,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { VALUE_CASE } from './hyperparameter-ranges.ts';

/** Hyperparameters of the command line, as messages. */
export interface GivenSettings {
  /** Those that the service advertises, by name. */
  readonly known: ReadonlyMap<string, HyperparameterValue>;
  /** Those of other services: a number if the text is one, a choice otherwise. */
  readonly foreign: readonly HyperparameterSetting[];
}

/** Reads `--set name=value` with the types that a service advertises. */
export function givenSettings(space: readonly Hyperparameter[], texts: ReadonlyMap<string, string>): GivenSettings {
  const known = new Map<string, HyperparameterValue>();
  const foreign: HyperparameterSetting[] = [];
  for (const [name, text] of texts) {
    const parameter = space.find((candidate) => candidate.name === name);
    if (parameter !== undefined) known.set(name, readValue(VALUE_CASE[parameter.kind] ?? 'real', text));
    else foreign.push({ name, value: readValue(Number.isNaN(Number(text)) ? 'choice' : 'real', text) });
  }
  return { known, foreign };
}

function readValue(kind: 'real' | 'integer' | 'choice', text: string): HyperparameterValue {
  if (kind === 'choice') return { value: { $case: 'choice', value: text } };
  return { value: { $case: kind, value: Number(text) } };
}
