import { status } from '@grpc/grpc-js';
import type { Fold, FoldModel, ProposeFacts, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { createRandom } from '@qloom/random/random.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { createStageWorker, type StageContext } from '@qloom/service-kit/stage/stage-worker.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { fitModel, type GeneratorRemote } from '@qloom/study-rpc/clients/generator-client.ts';
import { decodePointsArtifact } from '@qloom/study-rpc/codec/points-artifact.ts';
import { implementationOf } from '@qloom/study-rpc/implementations.ts';
import type { Hyperparameter } from './domain/hyperparameters.ts';
import { SYNTH_RATIO, synthesisPlan } from './domain/synthesis-plan.ts';
import { decodeHyperparameter, decodeSettings } from './rpc/hyperparameter-messages.ts';

/** What the stage needs. */
export interface FitStageDeps {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly log: Logger;
  readonly concurrency: number;
  /** The generator to call, given the target of this process. */
  readonly generator: (self: string) => GeneratorRemote;
}

/** Media type of a model in the artifact store. */
const MODEL_TYPE = 'application/x-qloom-model';

/**
 * The stage `fit`: reads `propose`, calls Fit for each fold (all folds at once: while one fit's batch is judged, another's is
 * made), stores the models, writes `fit`. Resumable checkpoints go to the store under an advisory reference, so that a replica
 * goes on where a dead one was.
 */
export function createFitStage(deps: FitStageDeps): BackgroundWork {
  const { episodeLog, log, concurrency } = deps;
  return createStageWorker({
    stage: 'fit',
    reads: 'propose',
    episodeLog,
    log,
    concurrency,
    run: async (event, context) => ({ $case: 'fit', value: { folds: await fitFolds(deps, event, context) } }),
  });
}

async function fitFolds(deps: FitStageDeps, event: SlotEvent, context: StageContext): Promise<FoldModel[]> {
  if (event.facts?.$case !== 'propose')
    throw new DomainError('invalid', 'propose: the slot has no facts of a proposal');
  const proposal = event.facts.value;
  const { capabilities } = await deps.generator(context.self).getCapabilities({}, { signal: context.signal });
  context.producedBy(implementationOf(capabilities));
  const offered = capabilities?.hyperparameters.find(({ name }) => name === SYNTH_RATIO);
  const ratio = offered === undefined ? null : decodeHyperparameter(offered);
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const fits = proposal.folds.map((fold) => fitFold(deps, event, proposal, fold, ratio, { ...context, signal }));
  try {
    return await Promise.all(fits);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(fits);
    throw error;
  }
}

async function fitFold(
  deps: FitStageDeps,
  { study, episode }: SlotEvent,
  proposal: ProposeFacts,
  fold: Fold,
  ratio: Hyperparameter | null,
  { signal, attempt, self, log }: StageContext,
): Promise<FoldModel> {
  const { artifacts } = deps;
  const random = createRandom(proposal.seed).fork(`fold ${fold.index}`);
  const training = await trainingOf(artifacts, fold);
  const hyperparameters = decodeSettings(proposal.hyperparameters, 'propose.hyperparameters');
  const classCounts = synthesisPlan(hyperparameters, training, ratio);
  const planned = { fold: fold.index, sampleSeed: random.seedFor('sample'), classCounts };
  if (classCounts.every((count) => count === 0)) {
    return { ...planned, model: undefined, summary: [], steps: 0, seconds: 0 };
  }
  const settings = {
    identity: { study, episode, fold: fold.index, attempt },
    seed: random.seedFor('fit'),
    hyperparameters: proposal.hyperparameters,
    data: proposal.data,
    checkpointEverySteps: 0,
  };
  const ref = `resume/${study}/${episode}/${fold.index}`;
  const fit = (resume: Uint8Array | undefined) =>
    fitModel(deps.generator(self), {
      settings,
      training,
      resume,
      signal,
      onCheckpoint: async (_step, checkpoint) => artifacts.setRef(ref, await artifacts.put(checkpoint)),
    });
  const resume = await checkpointOf(artifacts, ref);
  const { model, summary } = await fit(resume).catch((error: unknown) => {
    if (resume === undefined || !refusedResume(error)) throw error;
    log.warn('the stored checkpoint was refused, starting at step 0', { fold: fold.index, error });
    return fit(undefined);
  });
  const sha256 = await artifacts.put(model);
  await artifacts.deleteRef(ref);
  const { values, steps, seconds } = summary;
  const reference = { sha256, sizeBytes: model.byteLength, mediaType: MODEL_TYPE };
  return { ...planned, model: reference, summary: values, steps, seconds };
}

async function trainingOf(artifacts: ArtifactStore, { index, training }: Fold): Promise<Points> {
  const name = `fold ${index} training`;
  if (training === undefined) throw new DomainError('invalid', `propose: ${name}: no artifact is named`);
  return decodePointsArtifact(await artifacts.get(training.sha256), name);
}

/** The last checkpoint of a fit; undefined where there is none or it cannot be read: it only saves time. */
async function checkpointOf(artifacts: ArtifactStore, ref: string): Promise<Uint8Array | undefined> {
  try {
    const hash = await artifacts.getRef(ref);
    return hash === undefined ? undefined : await artifacts.get(hash);
  } catch {
    return undefined;
  }
}

/** A checkpoint that the generator will not go on from: of another fit, damaged, or of another version. */
function refusedResume(error: unknown): boolean {
  const refusals: number[] = [status.FAILED_PRECONDITION, status.INVALID_ARGUMENT, status.DATA_LOSS];
  return isServiceError(error) && refusals.includes(error.code) && /resume|checkpoint/.test(error.details);
}
