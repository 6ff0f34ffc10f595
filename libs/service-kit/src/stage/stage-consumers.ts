import { LogClosedError } from '@qloom/episode-log/errors.ts';
import type { DurableConsumer, EpisodeLog } from '@qloom/episode-log/port.ts';
import { slotReadBy, WORKER_STAGES, type WorkerStage } from '@qloom/study/stages.ts';
import type { Logger } from '../logger.ts';

/** The durable consumer of a stage, which all its workers share: it has the stage's name. */
export function stageConsumer(stage: WorkerStage): DurableConsumer {
  return { consumer: stage, slot: slotReadBy(stage) };
}

/**
 * Creates the consumers of all stages. Every process on a log does it at its start, so that an autoscaler finds the consumer of a
 * stage that has no worker yet. A failure is only logged, because each worker creates its own consumer in any case.
 */
export function createStageConsumers(episodeLog: EpisodeLog, log: Logger): void {
  episodeLog.createConsumers(WORKER_STAGES.map(stageConsumer)).catch((error) => {
    if (!(error instanceof LogClosedError)) log.warn('the consumers of the stages could not be created', { error });
  });
}
