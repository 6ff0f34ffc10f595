import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { encodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { BackendChoice } from '@qloom/tfjs/backends/backend.ts';
import { engineFindings } from '@qloom/tfjs/backends/engine-findings.ts';
import type { TrainingStepsChoice } from '@qloom/tfjs/steps/training-steps.ts';
import { HYPERPARAMETERS } from '../domain/hyperparameter-table.ts';
import { MAX_FEATURES } from '../domain/training-data.ts';
import { MAX_TRAINING_POINTS } from './fit-request.ts';

/** The capabilities of this generator. */
export function generatorCapabilities(
  version: string,
  backend: BackendChoice,
  compiled: TrainingStepsChoice,
): Capabilities {
  return {
    service: 'qloom.generator',
    version,
    engines: engineFindings(backend, compiled),
    limits: [
      { name: 'features', maximum: MAX_FEATURES },
      { name: 'training_points', maximum: MAX_TRAINING_POINTS },
    ],
    hyperparameters: HYPERPARAMETERS.map(encodeHyperparameter),
  };
}
