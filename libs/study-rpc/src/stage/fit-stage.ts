import { status } from '@grpc/grpc-js';
import type { ArtifactRef, Fold, FoldModel } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { createRandom } from '@qloom/random/random.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts as countsOf } from '@qloom/study/points/rows.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import { type FitCall, fitModel, type GeneratorRemote } from '../clients/generator-client.ts';
import { decodeConfiguration } from '../codec/hyperparameters.ts';
import { methodNeeds } from '../codec/offered-methods.ts';
import { offeredRatio } from '../codec/offered-ratio.ts';
import { decodePointsArtifact } from '../codec/points-artifact.ts';
import { decodeUnlabelledArtifact } from '../codec/unlabelled-artifact.ts';
import type { FoldWork, ProposedFoldStage } from './fold-stage.ts';

/** Media type of a model in the artifact store. */
const MODEL_TYPE = 'application/x-qloom-model';

/**
 * The stage `fit`: reads `propose`, calls Fit for each fold (all folds concurrently: while one fit's batch is judged,
 * another's is generated), from its initial model where the proposal names one, stores the models, writes `fit`. Resumable checkpoints go to the store under an advisory
 * reference, so that a replica continues from the last one of a replica that died.
 */
export const FIT_STAGE: ProposedFoldStage<GeneratorRemote, FoldModel> = {
  stage: 'fit',
  connect: (connect, target) => connect(GeneratorServiceService, target),
  runFold: fitFold,
  facts: (folds) => ({ $case: 'fit', value: { folds } }),
};

async function fitFold({
  event: { study, episode },
  proposal,
  fold,
  service,
  capabilities,
  artifacts,
  context: { signal, attempt, log },
}: FoldWork<GeneratorRemote>): Promise<FoldModel> {
  const random = createRandom(proposal.seed).fork(`fold ${fold.index}`);
  const training = await trainingOf(artifacts, fold);
  const configuration = decodeConfiguration(proposal.hyperparameters, 'propose.hyperparameters');
  const classCounts = synthesisPlan(configuration, countsOf(training), offeredRatio(capabilities));
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
  const sources = await sourcesOf(fold, configuration, service, artifacts, signal);
  const initialModel = await initialModelOf(artifacts, fold);
  const ref = `resume/${study}/${episode}/${fold.index}`;
  const fit = (resume: Uint8Array | undefined) =>
    fitModel(service, {
      settings,
      training,
      ...sources,
      initialModel,
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
  if (training === undefined) throw new DomainError('data-loss', `${name}: the slot propose names no artifact`);
  return decodePointsArtifact(await artifacts.get(training.sha256), name);
}

/** The model that the fit of a fold continues from; undefined where it starts anew. */
async function initialModelOf(artifacts: ArtifactStore, { initialModel }: Fold): Promise<Uint8Array | undefined> {
  return initialModel && (await artifacts.get(initialModel.sha256));
}

/** The points beyond the labels that the method of a fit needs, of those that the fold has. */
async function sourcesOf(
  { index, unlabelled, source }: Fold,
  configuration: Configuration,
  service: GeneratorRemote,
  artifacts: ArtifactStore,
  signal: AbortSignal,
): Promise<Pick<FitCall, 'unlabelled' | 'source'>> {
  if (unlabelled === undefined && source === undefined) return {};
  const needs = methodNeeds(await service.getCapabilities({}, { signal }), configuration);
  const pool = needs.includes('unlabelled') ? unlabelled : undefined;
  const domain = needs.includes('source') ? source : undefined;
  const read = (ref: ArtifactRef) => artifacts.get(ref.sha256);
  return {
    ...(pool ? { unlabelled: decodeUnlabelledArtifact(await read(pool), `fold ${index} unlabelled`) } : {}),
    ...(domain ? { source: decodePointsArtifact(await read(domain), `fold ${index} source`) } : {}),
  };
}

/** The last checkpoint of a fit; undefined if there is none or it cannot be read, since it only saves time. */
async function checkpointOf(artifacts: ArtifactStore, ref: string): Promise<Uint8Array | undefined> {
  try {
    const hash = await artifacts.getRef(ref);
    return hash === undefined ? undefined : await artifacts.get(hash);
  } catch {
    return undefined;
  }
}

/** Whether the generator refuses the checkpoint: it is of another fit, damaged, or of another version. */
function refusedResume(error: unknown): boolean {
  const refusals: number[] = [status.FAILED_PRECONDITION, status.INVALID_ARGUMENT, status.DATA_LOSS];
  return isServiceError(error) && refusals.includes(error.code) && /resume|checkpoint/.test(error.details);
}
