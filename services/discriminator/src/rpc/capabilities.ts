import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import {
  HyperparameterKind,
  type Hyperparameter as HyperparameterMessage,
  HyperparameterScale,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { BackendChoice } from '@qloom/tfjs/backends/backend.ts';
import { engineFindings } from '@qloom/tfjs/backends/engine-findings.ts';
import type { TrainingStepsChoice } from '@qloom/tfjs/steps/training-steps.ts';
import { HYPERPARAMETERS, type Hyperparameter } from '../domain/hyperparameters.ts';
import { LIMITS } from '../domain/limits.ts';

/** What this discriminator can do. */
export function discriminatorCapabilities(
  version: string,
  backend: BackendChoice,
  compiled: TrainingStepsChoice,
): Capabilities {
  return {
    service: 'qloom.discriminator',
    version,
    engines: engineFindings(backend, compiled),
    limits: Object.entries(LIMITS).map(([name, maximum]) => ({ name, maximum })),
    hyperparameters: HYPERPARAMETERS.map(encodeHyperparameter),
  };
}

function encodeHyperparameter(row: Hyperparameter): HyperparameterMessage {
  const real = row.kind === 'real' ? row : undefined;
  const scale = real?.scale === 'log' ? HyperparameterScale.LOG : HyperparameterScale.LINEAR;
  return {
    name: row.name,
    description: row.description,
    kind: real ? HyperparameterKind.REAL : HyperparameterKind.CHOICE,
    minimum: real?.minimum ?? 0,
    maximum: real?.maximum ?? 0,
    scale: real ? scale : HyperparameterScale.UNSPECIFIED,
    choices: row.kind === 'choice' ? row.choices.map(String) : [],
    defaultValue: {
      value: real ? { $case: 'real', value: real.default } : { $case: 'choice', value: String(row.default) },
    },
    condition: row.condition && { parameter: row.condition.name, values: row.condition.values.map(String) },
    zeroAllowed: false,
  };
}
