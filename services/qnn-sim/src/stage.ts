import type { FoldModel, ProposeFacts, SlotEvent, UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { decodeSlot } from '@qloom/service-kit/stage/slot-events.ts';
import { createStageWorker } from '@qloom/service-kit/stage/stage-worker.ts';
import { evaluateUtility } from '@qloom/study-rpc/clients/qnn-simulator-client.ts';
import { implementationOf } from '@qloom/study-rpc/implementations.ts';
import { type SampledGenerator, sampledPoints, storedPoints } from '@qloom/study-rpc/stage/fold-points.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';

/** What the stage works with. */
export interface EvaluateStageOptions {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly generator: SampledGenerator;
  /** Who evaluates. Default: this process. */
  readonly target?: string;
  /** Events in flight at once. */
  readonly concurrency: number;
  readonly log: Logger;
}

/**
 * Stage `evaluate`: reads the slot `fit` (and `propose` for the folds), samples every fold's model from the generator into
 * QnnSimulatorService.Evaluate beside the fold's real points, writes the slot `evaluate`. A fold without synthetic points
 * has the arm REAL_ONLY alone.
 */
export function evaluateStage(options: EvaluateStageOptions): BackgroundWork & { close(): void } {
  const { episodeLog } = options;
  let simulator: Remote<typeof QnnSimulatorServiceService> | undefined;
  const worker = createStageWorker({
    stage: 'evaluate',
    reads: 'fit',
    episodeLog,
    concurrency: options.concurrency,
    log: options.log,
    async run(event, { signal, self, producedBy }) {
      simulator ??= connect(QnnSimulatorServiceService, options.target ?? self);
      const remote = simulator;
      producedBy(implementationOf((await simulator.getCapabilities({}, { signal })).capabilities));
      const models = event.facts?.$case === 'fit' ? event.facts.value.folds : [];
      const propose = await proposalOf(episodeLog, event);
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const reports = propose.folds.map(async (fold) => {
        const model = models.find((candidate) => candidate.fold === fold.index);
        return evaluateUtility(remote, {
          settings: { fold: fold.index, qnn: propose.qnn, seeds: propose.qnnSeeds, arms: [] },
          training: storedPoints(options.artifacts, fold.training, `fold ${fold.index} training`),
          synthetic: syntheticPoints(options, event, model, either),
          heldOut: storedPoints(options.artifacts, fold.heldOut, `fold ${fold.index} held-out`),
          signal: either,
        });
      });
      // The first error ends the other folds' calls; it, not their cancellation, is what went wrong.
      for (const report of reports) report.catch((error) => failed.abort(error));
      const folds: UtilityReport[] = await Promise.all(reports);
      return { $case: 'evaluate', value: { folds } };
    },
  });
  return { ...worker, close: () => simulator?.close() };
}

async function proposalOf(episodeLog: EpisodeLog, { study, episode }: SlotEvent): Promise<ProposeFacts> {
  const event = await episodeLog.read({ study, episode, slot: 'propose' });
  const facts = event && decodeSlot(event).facts;
  if (facts?.$case === 'propose') return facts.value;
  throw new DomainError('data-loss', `${study}/${episode}: fit is written, but propose is not there as ok`);
}

/** Collected before they are passed on, so that the span `sample` has the time of the sampling alone. */
async function* syntheticPoints(
  options: Pick<EvaluateStageOptions, 'artifacts' | 'generator'>,
  event: SlotEvent,
  model: FoldModel | undefined,
  signal: AbortSignal,
): AsyncGenerator<LabelledPoints> {
  if (!model?.model) return;
  const { study, episode } = event;
  yield* await withSpan('sample', { study, episode }, async () => {
    const received: LabelledPoints[] = [];
    for await (const message of sampledPoints(options, event, model, signal)) received.push(message);
    return received;
  });
}
