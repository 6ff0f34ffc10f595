import type {
  AssessRequest,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type {
  FidelityReport,
  FoldModel,
  ProposeFacts,
  SlotEvent,
} from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { decodeSlot } from '@qloom/service-kit/stage/slot-events.ts';
import { createStageWorker, type StageContext } from '@qloom/service-kit/stage/stage-worker.ts';
import { readPointsMessages } from '@qloom/study-rpc/codec/points-artifact.ts';
import { implementationOf, sampleFromFitted } from '@qloom/study-rpc/implementations.ts';
import { callSample, type GeneratorRemote } from './sample-call.ts';

/** Any discriminator, reached over gRPC. */
export type DiscriminatorRemote = Pick<
  Remote<typeof DiscriminatorServiceService>,
  'assess' | 'getCapabilities' | 'target'
>;

/** What the stage needs. */
export interface AssessStageDeps {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly log: Logger;
  readonly concurrency: number;
  /** The discriminator to call, given the target of this process. */
  readonly discriminator: (self: string) => DiscriminatorRemote;
  readonly generator: () => GeneratorRemote;
}

/**
 * The stage `assess`: reads `fit`, pipes Sample of each fold's model into Assess beside the fold's real points, writes `assess`.
 */
export function createAssessStage(deps: AssessStageDeps): BackgroundWork {
  const { episodeLog, log, concurrency } = deps;
  return createStageWorker({
    stage: 'assess',
    reads: 'fit',
    episodeLog,
    log,
    concurrency,
    run: async (event, context) => ({ $case: 'assess', value: { folds: await assessFolds(deps, event, context) } }),
  });
}

async function assessFolds(deps: AssessStageDeps, event: SlotEvent, context: StageContext): Promise<FidelityReport[]> {
  if (event.facts?.$case !== 'fit') throw new DomainError('invalid', 'fit: the slot has no facts of a fit');
  const proposal = await proposalOf(deps.episodeLog, event);
  const reports: FidelityReport[] = [];
  const { capabilities } = await deps.discriminator(context.self).getCapabilities({}, { signal: context.signal });
  context.producedBy(implementationOf(capabilities));
  for (const model of event.facts.value.folds) reports.push(await assessFold(deps, event, proposal, model, context));
  return reports;
}

async function proposalOf(episodeLog: EpisodeLog, { study, episode }: SlotEvent): Promise<ProposeFacts> {
  const slot = await episodeLog.read({ study, episode, slot: 'propose' });
  const facts = slot && decodeSlot(slot).facts;
  if (facts?.$case !== 'propose') {
    throw new DomainError('invalid', `${study}/${episode}/propose: there are no facts of a proposal behind the fit`);
  }
  return facts.value;
}

async function assessFold(
  deps: AssessStageDeps,
  event: SlotEvent,
  proposal: ProposeFacts,
  model: FoldModel,
  { signal, self }: StageContext,
): Promise<FidelityReport> {
  const requests = assessMessages(deps, event, proposal, model, signal);
  const { report } = await deps.discriminator(self).assess(requests, { signal });
  if (report === undefined) throw new DomainError('data-loss', `fold ${model.fold}: Assess answered without a report`);
  return report;
}

async function* assessMessages(
  { artifacts, generator }: AssessStageDeps,
  { study, implementation }: SlotEvent,
  { folds, data }: ProposeFacts,
  { fold, model, sampleSeed, classCounts }: FoldModel,
  signal: AbortSignal,
): AsyncGenerator<AssessRequest> {
  const real = folds.find(({ index }) => index === fold);
  if (real?.training === undefined || real.heldOut === undefined) {
    throw new DomainError('invalid', `fold ${fold}: the proposal names no training and held-out points for it`);
  }
  // One seed for a fold of a study: every episode is judged by the same auditor's folds and against the same null.
  const seed = createRandom(`assess/${study}`).seedFor(fold);
  yield { part: { $case: 'settings', value: { fold, seed, data } } };
  for (const value of readPointsMessages(await artifacts.get(real.training.sha256), `fold ${fold} training`)) {
    yield { part: { $case: 'training', value } };
  }
  for (const value of readPointsMessages(await artifacts.get(real.heldOut.sha256), `fold ${fold} held-out`)) {
    yield { part: { $case: 'heldOut', value } };
  }
  if (model === undefined) return;
  const settings = { seed: sampleSeed, classCounts, ungated: false };
  const bytes = await artifacts.get(model.sha256);
  const sample = () => callSample(generator(), settings, bytes, signal);
  for await (const value of sampleFromFitted(generator(), implementation, signal, sample))
    yield { part: { $case: 'synthetic', value } };
}
