import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { assessFidelity, type DiscriminatorRemote } from '../clients/discriminator-client.ts';
import { sampledPoints, storedPoints } from './fold-points.ts';
import type { FittedFoldStage, FittedFoldWork } from './fold-stage.ts';

/**
 * The stage `assess`: reads `fit`, pipes Sample of each fold's model into Assess beside the fold's real points, writes `assess`.
 */
export const ASSESS_STAGE: FittedFoldStage<DiscriminatorRemote, FidelityReport> = {
  stage: 'assess',
  connect: (target) => connect(DiscriminatorServiceService, target),
  runFold: assessFold,
  facts: (folds) => ({ $case: 'assess', value: { folds } }),
};

function assessFold(work: FittedFoldWork<DiscriminatorRemote>): Promise<FidelityReport> {
  const { event, proposal, fold, fitted, service, artifacts } = work;
  const { signal } = work.context;
  // One seed for a fold of a study: every episode is judged by the same auditor's folds and against the same null.
  const seed = createRandom(`assess/${event.study}`).seedFor(fold.index);
  return assessFidelity(service, {
    settings: { fold: fold.index, seed, data: proposal.data },
    training: storedPoints(artifacts, fold.training, `fold ${fold.index} training`),
    heldOut: storedPoints(artifacts, fold.heldOut, `fold ${fold.index} held-out`),
    synthetic: sampledPoints(work, event, fitted, signal),
    signal,
  });
}
