import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import type { Method } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { encodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { encodeMethod } from '@qloom/study-rpc/codec/offered-methods.ts';
import type { BackendChoice } from '@qloom/tfjs/backends/backend.ts';
import { engineFindings } from '@qloom/tfjs/backends/engine-findings.ts';
import type { TrainingStepsChoice } from '@qloom/tfjs/steps/training-steps.ts';
import { HYPERPARAMETERS } from '../domain/hyperparameter-table.ts';
import { METHOD_NAMES, METHODS } from '../domain/methods/method-table.ts';
import { MAX_FEATURES } from '../domain/training-data.ts';
import { MAX_SOURCE_POINTS, MAX_TRAINING_POINTS, MAX_UNLABELLED_POINTS } from './fit-request.ts';

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
      { name: 'unlabelled_points', maximum: MAX_UNLABELLED_POINTS },
      { name: 'source_points', maximum: MAX_SOURCE_POINTS },
    ],
    hyperparameters: HYPERPARAMETERS.map(encodeHyperparameter),
  };
}

/** The methods of this generator, in the order of the hyperparameter `method`. */
export function generatorMethods(): Method[] {
  return METHOD_NAMES.map((name) => encodeMethod({ name, ...METHODS[name] }));
}
