import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import type { Fold, FoldModel, ProposeFacts, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import type { Connect } from '@qloom/service-kit/client/clients.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { decodeSlot, type SlotFacts } from '@qloom/service-kit/stage/slot-events.ts';
import { createStageWorker, type StageContext } from '@qloom/service-kit/stage/stage-worker.ts';
import { type StageReading, slotReadBy } from '@qloom/study/stages.ts';
import { type AskedService, implementationOf } from '../implementations.ts';
import { allOrFirstError } from './all-or-first-error.ts';
import type { SampledGenerator } from './fold-points.ts';

/** One fold of one episode, and the dependencies of its work. */
export interface FoldWork<Service> {
  /** The event that the stage reads. */
  readonly event: SlotEvent;
  readonly proposal: ProposeFacts;
  readonly fold: Fold;
  /** The service that does the work, and its capabilities. */
  readonly service: Service;
  readonly capabilities: Capabilities | undefined;
  readonly artifacts: ArtifactStore;
  /** Its signal also aborts when another fold has failed. */
  readonly context: StageContext;
}

/** A fold after the stage `fit`. */
export interface FittedFoldWork<Service> extends FoldWork<Service> {
  readonly fitted: FoldModel;
  /** The generator to sample the model from. */
  readonly generator: SampledGenerator;
}

interface StageOf<Service extends AskedService, Work, Result> {
  /** Connects to the service that does the work. */
  connect(connect: Connect, target: string): Service & { close(): void };
  /** Does the work of one fold. Its errors are classified by `classifyFault`. */
  runFold(work: Work): Promise<Result>;
  /** The facts of the slot, from the results of the folds, in the order of the proposal. */
  facts(folds: Result[]): SlotFacts;
}

/** The stage after `propose`, which calls a service once for each fold. */
export interface ProposedFoldStage<Service extends AskedService, Result>
  extends StageOf<Service, FoldWork<Service>, Result> {
  readonly stage: StageReading<'propose'>;
}

/** A stage after `fit`, which calls a service once for each fold, with the points that the generator samples. */
export interface FittedFoldStage<Service extends AskedService, Result>
  extends StageOf<Service, FittedFoldWork<Service>, Result> {
  readonly stage: StageReading<'fit'>;
}

/** A stage that calls a service once for each fold of an episode. */
export type FoldStage<Service extends AskedService, Result> =
  | ProposedFoldStage<Service, Result>
  | FittedFoldStage<Service, Result>;

/** Whether a stage reads the proposal itself; the others read the slot `fit`. */
export function readsProposal<Service extends AskedService, Result>(
  stage: FoldStage<Service, Result>,
): stage is ProposedFoldStage<Service, Result> {
  return slotReadBy(stage.stage) === 'propose';
}

/** Dependencies of a stage of folds. */
export interface FoldStageDeps<Service> {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly log: Logger;
  /** Maximum number of events in flight. */
  readonly concurrency: number;
  /** The service that does the work, given the target of this process. */
  readonly service: (self: string) => Service;
  /** The generator to sample from; a stage that reads `fit` needs it. */
  readonly generator?: SampledGenerator;
}

/**
 * Runs a stage: reads the proposal, does the work of all folds at once, writes the slot. The first fold that fails ends
 * the calls of the others, and its error is the stage's. A slot without the facts that the contract specifies is data
 * loss: the event is delivered again, because the episode is not at fault.
 */
export function createFoldStage<Service extends AskedService, Result>(
  stage: FoldStage<Service, Result>,
  deps: FoldStageDeps<Service>,
): BackgroundWork {
  const { episodeLog, artifacts, log, concurrency, generator } = deps;
  return createStageWorker({
    stage: stage.stage,
    episodeLog,
    log,
    concurrency,
    async run(event, context) {
      const service = deps.service(context.self);
      const { capabilities } = await service.getCapabilities({}, { signal: context.signal });
      context.producedBy(implementationOf(capabilities));
      const proposal = await proposalOf(episodeLog, event);
      const folds = await allOrFirstError(proposal.folds, context.signal, async (fold, signal) => {
        const shared = { event, proposal, fold, service, capabilities, artifacts };
        const work = { ...shared, context: { ...context, signal } };
        if (readsProposal(stage)) return stage.runFold(work);
        if (generator === undefined) throw new DomainError('internal', `stage ${stage.stage}: there is no generator`);
        return stage.runFold({ ...work, fitted: fittedOf(event, fold), generator });
      });
      return stage.facts(folds);
    },
  });
}

/** The proposal of the event's episode. */
async function proposalOf(episodeLog: EpisodeLog, event: SlotEvent): Promise<ProposeFacts> {
  if (event.facts?.$case === 'propose') return event.facts.value;
  const { study, episode } = event;
  const slot = await episodeLog.read({ study, episode, slot: 'propose' });
  const facts = slot && decodeSlot(slot).facts;
  if (facts?.$case === 'propose') return facts.value;
  throw new DomainError('data-loss', `${study}/${episode}: the slot propose has no facts of a proposal`);
}

/** The fit of a fold, from the slot `fit`. */
function fittedOf({ study, episode, facts }: SlotEvent, { index }: Fold): FoldModel {
  const folds = facts?.$case === 'fit' ? facts.value.folds : [];
  const fitted = folds.find(({ fold }) => fold === index);
  if (fitted !== undefined) return fitted;
  throw new DomainError('data-loss', `${study}/${episode}: the slot fit has nothing of fold ${index}`);
}
