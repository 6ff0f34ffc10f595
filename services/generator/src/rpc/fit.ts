import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import type { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { FitRequest, FitResponse } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { CallContext } from '@qloom/service-kit/server/handlers.ts';
import { decodeDataDescription } from '@qloom/study-rpc/codec/data-description.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { encodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { CancelledError } from '../domain/errors.ts';
import type { FitResult } from '../domain/fit.ts';
import type { FitOptions } from '../domain/fit-options.ts';
import { generatorSettings } from '../domain/generator-settings.ts';
import { methodNamed } from '../domain/methods/method-table.ts';
import { fitWithRecovery } from '../domain/training/recovering-fit.ts';
import { createCritiqueClient } from './critique-client.ts';
import { type FitInput, readFitInput } from './fit-request.ts';
import { createOutputQueue } from './output-queue.ts';

/** Dependencies of Fit. */
export interface FitDeps {
  /** The critic's service; absent if none is configured: methods that need a critic are then refused. */
  readonly discriminator?: Remote<typeof DiscriminatorServiceService>;
  readonly log: Logger;
  /** Maximum number of concurrent fits; one more is refused as RESOURCE_EXHAUSTED. */
  readonly maxFits: number;
  /** Compiled steps to train with. Absent: fits train eagerly. */
  readonly steps?: TrainingSteps;
}

/** Approximate number of progress messages of a fit. */
const PROGRESS_MESSAGES = 50;

/** The handler of GeneratorService.Fit. */
export function createFitHandler(deps: FitDeps) {
  let fits = 0;
  return async function* fit(requests: MessageReader<FitRequest>, context: CallContext): AsyncGenerator<FitResponse> {
    if (fits >= deps.maxFits) {
      throw new DomainError(
        'exhausted',
        `${fits} fits are running, the maximum of this process; retry later or on another replica`,
      );
    }
    fits++;
    const stop = new AbortController();
    try {
      const input = await readFitInput(requests);
      const output = createOutputQueue<FitResponse>();
      const done = run(deps, input, context, AbortSignal.any([context.signal, stop.signal]), output.push).then(
        () => output.close(),
        (error) => output.close({ error }),
      );
      yield* output;
      await done;
    } finally {
      stop.abort();
      fits--;
    }
  };
}

async function run(
  deps: FitDeps,
  input: FitInput,
  context: CallContext,
  signal: AbortSignal,
  push: (response: FitResponse) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const { identity } = input.settings;
  const options: FitOptions = {
    ...fitOptions(deps, input, context),
    signal,
    steps: deps.steps,
    breathe: () => breathe(),
    async onCheckpoint(step, checkpoint) {
      for (const chunk of encodeBytes(checkpoint)) await push({ part: { $case: 'resume', value: { step, chunk } } });
    },
    onProgress({ step, totalSteps, losses }) {
      if (step % Math.max(1, Math.floor(totalSteps / PROGRESS_MESSAGES)) !== 0) return;
      void push({ part: { $case: 'progress', value: { step, totalSteps, losses: encodeNamedValues(losses) } } });
    },
  };
  const span = { study: identity?.study, episode: identity?.episode, attributes: {} };
  const result = await withSpan('generate', span, () =>
    fitWithRecovery(options, {
      wait: pause,
      onLoss: (error, waitMs) => deps.log.warn('critic lost, continuing from the last checkpoint', { error, waitMs }),
    }),
  );
  for (const value of encodeBytes(result.model)) await push({ part: { $case: 'model', value } });
  await push({ part: { $case: 'summary', value: summaryOf(result, (performance.now() - started) / 1000) } });
}

function fitOptions(
  deps: FitDeps,
  { settings, training, unlabelled, source, initialModel, resume }: FitInput,
  context: CallContext,
) {
  const { identity, data, hyperparameters, seed, checkpointEverySteps } = settings;
  if (identity === undefined) {
    throw new ValidationError([{ field: 'settings.identity', description: 'is not set; right would name the fit' }]);
  }
  const { study, episode, fold, attempt } = identity;
  const generator = generatorSettings(decodeConfiguration(hyperparameters, 'settings.hyperparameters'));
  const { method } = generator;
  if (methodNamed(method)?.critic && deps.discriminator === undefined) {
    const description = `method ${method} needs a critic; this generator has none (QLOOM_DISCRIMINATOR_TARGET is not set)`;
    throw new ValidationError([{ field: 'settings.hyperparameters', description }]);
  }
  const { features, classes } = training;
  const { lower, upper, shots } = decodeDataDescription(data, training, 'settings.data');
  return {
    settings: generator,
    data: { points: training, shape: { features, classes, lower, upper, shots } },
    unlabelled,
    source,
    seed,
    initialModel,
    resume,
    openCritic:
      deps.discriminator &&
      createCritiqueClient(deps.discriminator, { study, episode, fold, attempt, data, hyperparameters }, context),
    checkpointEvery: checkpointEverySteps,
  };
}

function summaryOf({ steps, selectedStep, resumedFromStep, values }: FitResult, seconds: number) {
  return { steps, selectedStep, resumedFromStep, values: encodeNamedValues(values), seconds };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    throw new CancelledError('fit was cancelled');
  }
}
