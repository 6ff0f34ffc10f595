import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createRandom } from '@qloom/random/random.ts';
import { assessFidelity, type DiscriminatorRemote } from '../clients/discriminator-client.ts';
import { sampledPoints, storedPoints } from './fold-points.ts';
import type { FittedFoldStage, FittedFoldWork } from './fold-stage.ts';

/**
 * The stage `assess`: reads `fit`, sends samples of each fold's model with the fold's real points to Assess, writes
 * `assess`.
 */
export const ASSESS_STAGE: FittedFoldStage<DiscriminatorRemote, FidelityReport> = {
  stage: 'assess',
  connect: (connect, target) => connect(DiscriminatorServiceService, target),
  runFold: assessFold,
  facts: (folds) => ({ $case: 'assess', value: { folds } }),
};

function assessFold(work: FittedFoldWork<DiscriminatorRemote>): Promise<FidelityReport> {
  const { event, proposal, fold, fitted, service, artifacts } = work;
  const { signal } = work.context;
  // One seed per fold of a study, so that every episode is assessed with the same folds of the auditor and the same
  // null.
  const seed = createRandom(`assess/${event.study}`).seedFor(fold.index);
  return assessFidelity(service, {
    settings: { fold: fold.index, seed, data: proposal.data },
    training: storedPoints(artifacts, fold.training, `fold ${fold.index} training`),
    heldOut: storedPoints(artifacts, fold.heldOut, `fold ${fold.index} held-out`),
    synthetic: sampledPoints(work, event, fitted, signal),
    signal,
  });
}
