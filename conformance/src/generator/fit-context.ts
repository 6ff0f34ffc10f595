import type { Hyperparameter } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { FitSettings, GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { givenSettings } from '../shared/given-settings.ts';
import { cheapSettings } from '../shared/hyperparameter-ranges.ts';
import type { Instances } from '../shared/instances.ts';
import { pointsMessage, SMALL_DATA, smallPoints } from '../shared/small-points.ts';
import type { SuiteOptions } from '../suite.ts';
import { type FitAnswer, type FitPart, fit, type GeneratorRemote } from './fit-call.ts';

/** Training points of a fit, unless it changes them. */
export const TRAINING = smallPoints(36);

/** What a fit of the checks may change. */
export interface FitChanges extends Partial<FitSettings> {
  /** Other training points, in messages. */
  readonly training?: readonly LabelledPoints[];
  /** A model whose training the fit continues. */
  readonly initialModel?: Uint8Array;
  /** A checkpoint from which to continue. */
  readonly resume?: Uint8Array;
}

/** Context of fits in the checks. */
export interface FitContext {
  /** The first instance. */
  readonly generator: GeneratorRemote;
  readonly instances: Instances<typeof GeneratorServiceService>;
  readonly options: SuiteOptions;
  /** The advertised hyperparameters. */
  space(): Promise<readonly Hyperparameter[]>;
  /** Default settings of fits. */
  settings(): Promise<FitSettings>;
  /** Settings, training points, perhaps an initial model and a checkpoint. */
  parts(changes?: FitChanges): Promise<readonly FitPart[]>;
  /** Fits, at the first instance unless another one is given. */
  fit(changes?: FitChanges, generator?: GeneratorRemote): Promise<FitAnswer>;
}

/** Creates the context. */
export function createFitContext(
  instances: Instances<typeof GeneratorServiceService>,
  options: SuiteOptions,
  capabilities: CapabilitiesAnswer,
): FitContext {
  const generator = instances.first;
  const space = async () => (await capabilities()).hyperparameters;
  /** The cheapest settings, except those given on the command line. */
  const hyperparameters = async () => {
    const { known, foreign } = givenSettings(await space(), options.settings);
    return [...cheapSettings(await space(), known), ...foreign];
  };
  const settings = async (): Promise<FitSettings> => ({
    identity: { study: options.study, episode: 0, fold: 0, attempt: 1 },
    seed: 7,
    hyperparameters: await hyperparameters(),
    data: SMALL_DATA,
    checkpointEverySteps: 5,
  });
  const chunks = ($case: 'initialModel' | 'resume', bytes: Uint8Array | undefined) =>
    bytes === undefined ? [] : [...encodeBytes(bytes)].map((value): FitPart => ({ $case, value }));
  const parts = async ({
    initialModel,
    resume,
    training = [pointsMessage(TRAINING)],
    ...changes
  }: FitChanges = {}): Promise<readonly FitPart[]> => {
    return [
      { $case: 'settings', value: { ...(await settings()), ...changes } },
      ...training.map((value): FitPart => ({ $case: 'training', value })),
      ...chunks('initialModel', initialModel),
      ...chunks('resume', resume),
    ];
  };
  return {
    generator,
    instances,
    options,
    space,
    settings,
    parts,
    fit: async (changes, at = generator) => fit(at, await parts(changes), options.deadlineMs),
  };
}
