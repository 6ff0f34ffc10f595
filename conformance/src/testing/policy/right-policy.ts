import {
  type Hyperparameter,
  HyperparameterKind,
  HyperparameterScale,
  type HyperparameterSetting,
  type HyperparameterValue,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { PolicyServiceService, type PolicySettings } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { isActive } from '../../shared/hyperparameter-ranges.ts';
import { uniforms } from '../random.ts';

/** The best configuration so far, and what came with it. */
interface State {
  readonly updates: number;
  readonly reward: number;
  readonly best: readonly HyperparameterSetting[];
  /** The episode of the best configuration. */
  readonly from?: number;
}

/**
 * A small right policy: random configurations in the first episodes, then the best one with half of its values drawn again. Every
 * other fit continues from the best model, where fits can. */
export function rightPolicy(): ServiceBinding {
  return bindService(PolicyServiceService, {
    propose({ settings, state, firstEpisode, count }) {
      const known = checked(settings);
      const { best, from } = read(state);
      return {
        proposals: Array.from({ length: count }, (_, i) => {
          const continueFrom = known.continues && (firstEpisode + i) % 2 === 0 ? from : undefined;
          return {
            origin: best.length === 0 ? 'sobol' : 'policy',
            hyperparameters: configuration(known, best, firstEpisode + i, continueFrom !== undefined),
            continueFrom,
          };
        }),
      };
    },
    observe({ settings, state, results }) {
      checked(settings);
      let { updates, reward, best, from } = read(state);
      for (const result of results) {
        if (!result.rewarded || (best.length > 0 && result.reward <= reward)) continue;
        ({ reward, hyperparameters: best, episode: from } = result);
      }
      updates++;
      return { state: Buffer.from(JSON.stringify({ updates, reward, best, from })), updates };
    },
  });
}

function checked(settings: PolicySettings | undefined): PolicySettings {
  if (settings === undefined) throw new ValidationError([{ field: 'settings', description: 'is missing' }]);
  if (settings.name !== '') throw new ValidationError([{ field: 'settings.name', description: 'right would be ""' }]);
  return settings;
}

function read(state: Uint8Array): State {
  if (state.byteLength === 0) return { updates: 0, reward: 0, best: [] };
  const text = new TextDecoder().decode(state);
  if (text.startsWith('{')) return JSON.parse(text);
  throw new ValidationError([{ field: 'state', description: 'is none' }]);
}

function configuration(
  { space, seed }: PolicySettings,
  best: readonly HyperparameterSetting[],
  episode: number,
  continues: boolean,
): HyperparameterSetting[] {
  const uniform = uniforms(seed + Math.imul(episode, 0x9e3779b1));
  const values = new Map<string, HyperparameterValue>();
  for (const parameter of space) {
    const known = best.find(({ name }) => name === parameter.name)?.value;
    const drawn = drawValue(parameter, uniform());
    const isKept = uniform() < 0.5 || (continues && parameter.fixedByModel);
    values.set(parameter.name, known !== undefined && isKept ? known : drawn);
  }
  // A number is always drawn again, so that no two episodes are the same.
  const last = space.findLast((parameter) => parameter.kind === HyperparameterKind.REAL);
  if (last !== undefined) values.set(last.name, drawValue(last, uniform()));
  return space
    .filter((parameter) => isActive(parameter, space, values))
    .map(({ name }) => ({ name, value: values.get(name) }));
}

function drawValue({ kind, minimum, maximum, scale, choices }: Hyperparameter, u: number): HyperparameterValue {
  if (kind === HyperparameterKind.CHOICE) {
    return { value: { $case: 'choice', value: choices[Math.floor(u * choices.length)] } };
  }
  const log = scale === HyperparameterScale.LOG;
  const drawn = log ? minimum * (maximum / minimum) ** u : minimum + u * (maximum - minimum);
  const value = Math.min(maximum, Math.max(minimum, drawn));
  if (kind === HyperparameterKind.INTEGER) return { value: { $case: 'integer', value: Math.round(value) } };
  return { value: { $case: 'real', value } };
}
