import type {
  FidelityReport,
  FoldModel,
  ProposeFacts,
  SlotEvent,
} from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { createRandom } from '@qloom/random/random.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { decodeSlot } from '@qloom/service-kit/stage/slot-events.ts';
import { createStageWorker, type StageContext } from '@qloom/service-kit/stage/stage-worker.ts';
import { assessFidelity, type DiscriminatorRemote } from '@qloom/study-rpc/clients/discriminator-client.ts';
import { implementationOf } from '@qloom/study-rpc/implementations.ts';
import { type SampledGenerator, sampledPoints, storedPoints } from '@qloom/study-rpc/stage/fold-points.ts';

/** What the stage needs. */
export interface AssessStageDeps {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly log: Logger;
  readonly concurrency: number;
  /** The discriminator to call, given the target of this process. */
  readonly discriminator: (self: string) => DiscriminatorRemote;
  readonly generator: () => SampledGenerator;
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
  const { study } = event;
  const { fold } = model;
  const real = proposal.folds.find(({ index }) => index === fold);
  // One seed for a fold of a study: every episode is judged by the same auditor's folds and against the same null.
  const seed = createRandom(`assess/${study}`).seedFor(fold);
  return assessFidelity(deps.discriminator(self), {
    settings: { fold, seed, data: proposal.data },
    training: storedPoints(deps.artifacts, real?.training, `fold ${fold} training`),
    heldOut: storedPoints(deps.artifacts, real?.heldOut, `fold ${fold} held-out`),
    synthetic: sampledPoints({ artifacts: deps.artifacts, generator: deps.generator() }, event, model, signal),
    signal,
  });
}
