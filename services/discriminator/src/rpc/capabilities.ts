import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { encodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { BackendChoice } from '@qloom/tfjs/backends/backend.ts';
import { engineFindings } from '@qloom/tfjs/backends/engine-findings.ts';
import type { TrainingStepsChoice } from '@qloom/tfjs/steps/training-steps.ts';
import { HYPERPARAMETERS } from '../domain/hyperparameters.ts';
import { LIMITS } from '../domain/limits.ts';

/** The capabilities of this discriminator. */
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
