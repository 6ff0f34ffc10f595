import { setTimeout as sleep } from 'node:timers/promises';
import { type ProposeFacts, QnnArm, type SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { decodeSlot, type SlotFacts } from '@qloom/service-kit/stage/slot-events.ts';
import { createStageWorker } from '@qloom/service-kit/stage/stage-worker.ts';
import type { WorkerStage } from '@qloom/study/stages.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';

/** Held-out points of a fold: those of the quickstart, 20 labels in three folds. */
const HELD_OUT = 7;

/** Dependencies of {@link createWaitingStage}. */
export interface WaitingStage {
  readonly stage: WorkerStage;
  readonly episodeLog: EpisodeLog;
  readonly log: Logger;
  /** Time that the work of an episode takes, without using a processor. Unit: milliseconds. */
  readonly waitMs: number;
  readonly concurrency?: number;
}

/**
 * The stage worker of a service, with work that waits: everything that an episode needs besides computation is real, the log, the
 * leases, the events with facts as large as those of the quickstart.
 */
export function createWaitingStage({ stage, episodeLog, log, waitMs, concurrency = 1 }: WaitingStage): BackgroundWork {
  return createStageWorker({
    stage,
    episodeLog,
    log,
    concurrency,
    async run(event, { signal }) {
      const proposal = await proposalOf(episodeLog, event);
      await sleep(waitMs, undefined, { signal });
      return factsOf(stage, event.episode, proposal);
    },
  });
}

async function proposalOf(episodeLog: EpisodeLog, event: SlotEvent): Promise<ProposeFacts> {
  if (event.facts?.$case === 'propose') return event.facts.value;
  const stored = await episodeLog.read({ study: event.study, episode: event.episode, slot: 'propose' });
  const facts = stored && decodeSlot(stored).facts;
  if (facts?.$case !== 'propose') throw new Error(`episode ${event.episode} has no proposal`);
  return facts.value;
}

/** The facts of a stage, a function of the episode alone, as of an episode that adds no points. */
function factsOf(stage: WorkerStage, episode: number, { folds, qnnSeeds }: ProposeFacts): SlotFacts {
  const random = createRandom(`waiting/${episode}`);
  const indexes = folds.map(({ index }) => index);
  if (stage === 'fit') {
    const fit = { model: undefined, sampleSeed: 1, classCounts: [0, 0], summary: [], steps: 0, seconds: 0 };
    return { $case: 'fit', value: { folds: indexes.map((fold) => ({ fold, ...fit })) } };
  }
  if (stage === 'assess') {
    const report = { syntheticCount: 0, constraints: [], metrics: [], nullDistribution: [] };
    return { $case: 'assess', value: { folds: indexes.map((fold) => ({ fold, ...report })) } };
  }
  const runs = qnnSeeds.map((seed) => ({
    arm: QnnArm.REAL_ONLY,
    seed,
    loss: 0.5,
    accuracy: 0.5,
    losses: encodeTensor(Float32Array.from(random.normals(HELD_OUT), Math.abs)),
    predictions: encodeTensor(Int32Array.from({ length: HELD_OUT }, (_, i) => i % 2)),
    trainingLoss: 0.5,
    gradientSteps: 200,
    circuitExecutions: 12_800,
    seconds: 1,
    trainingLosses: Array.from({ length: 20 }, () => 0.5),
    scoredAccuracies: [],
  }));
  return { $case: 'evaluate', value: { folds: indexes.map((fold) => ({ fold, runs, engine: 'none' })) } };
}
