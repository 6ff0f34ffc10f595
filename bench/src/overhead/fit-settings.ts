import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { FitSettings } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';

/** Identity of a fit. */
export interface FitSubject {
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
}

/** How long a fit of a benchmark may take. Unit: milliseconds. */
export const FIT_DEADLINE_MS = 3_600_000;

/** The settings of a fit: seed 1, no checkpoints requested. */
export function fitSettings(
  { featureNames, classNames }: FitSubject,
  hyperparameters: readonly HyperparameterSetting[],
): FitSettings {
  return {
    identity: { study: 'bench', fold: 0, attempt: 1 },
    seed: 1,
    hyperparameters: [...hyperparameters],
    data: DataDescription.fromPartial({ featureNames: [...featureNames], classNames: [...classNames] }),
    checkpointEverySteps: 0,
  };
}
