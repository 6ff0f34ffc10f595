import type { UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import { evaluateUtility, type QnnSimulatorRemote } from '../clients/qnn-simulator-client.ts';
import { sampledPoints, storedPoints } from './fold-points.ts';
import type { FittedFoldStage, FittedFoldWork } from './fold-stage.ts';

/**
 * The stage `evaluate`: reads `fit`, sends samples of each fold's model with the fold's real points to Evaluate, writes
 * `evaluate`. A fold without synthetic points has only the arm REAL_ONLY.
 */
export const EVALUATE_STAGE: FittedFoldStage<QnnSimulatorRemote, UtilityReport> = {
  stage: 'evaluate',
  connect: (connect, target) => connect(QnnSimulatorServiceService, target),
  runFold: evaluateFold,
  facts: (folds) => ({ $case: 'evaluate', value: { folds } }),
};

function evaluateFold(work: FittedFoldWork<QnnSimulatorRemote>): Promise<UtilityReport> {
  const { proposal, fold, service, artifacts } = work;
  return evaluateUtility(service, {
    settings: { fold: fold.index, qnn: proposal.qnn, seeds: proposal.qnnSeeds, arms: [], probabilities: false },
    training: storedPoints(artifacts, fold.training, `fold ${fold.index} training`),
    synthetic: syntheticPoints(work),
    heldOut: storedPoints(artifacts, fold.heldOut, `fold ${fold.index} held-out`),
    signal: work.context.signal,
  });
}

/** Collected before they are forwarded, so that the span `sample` has only the time of the sampling. */
async function* syntheticPoints(work: FittedFoldWork<QnnSimulatorRemote>): AsyncGenerator<LabelledPoints> {
  const { event, fitted, context } = work;
  if (fitted.model === undefined) return;
  yield* await withSpan('sample', { study: event.study, episode: event.episode }, async () => {
    const received: LabelledPoints[] = [];
    for await (const message of sampledPoints(work, event, fitted, context.signal)) received.push(message);
    return received;
  });
}
