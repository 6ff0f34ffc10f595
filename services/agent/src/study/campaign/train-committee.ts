import type { Committee } from '@qloom/acquisition/committee.ts';
import { QnnArm, type QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createRandom } from '@qloom/random/random.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { evaluateUtility } from '@qloom/study-rpc/clients/qnn-simulator-client.ts';
import { decodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { CampaignRules, CampaignState } from '../../domain/campaign/campaign.ts';
import { MEMBERS } from '../../domain/campaign/choose-points.ts';
import { LONG_CALL_MS, type Peers } from '../peers.ts';
import { type CampaignPool, pointsOf } from './campaign-pool.ts';

/** What a committee is trained on, and what it is asked about. */
export interface CommitteeRequest {
  readonly rules: CampaignRules;
  readonly state: CampaignState;
  readonly pool: CampaignPool;
  /** Labelled points in standardized features. */
  readonly labels: Points;
  /** Points besides the labels; null for none. */
  readonly synthetic: Points | null;
  /** Rows of the pool that it is asked about. */
  readonly candidates: readonly number[];
  readonly qnn: QnnSettings;
  readonly signal: AbortSignal;
}

/**
 * Trains QNNs in the simulator on all labels and the points besides, and asks them about the candidates. Rejects with the errors of
 * the call, and with DomainError `unsupported` for a simulator that reports no probabilities.
 */
export async function trainCommittee(
  { qnnSim }: Pick<Peers, 'qnnSim'>,
  { rules, state, pool, labels, synthetic, candidates, qnn, signal }: CommitteeRequest,
): Promise<Committee> {
  const classes = rules.classNames.length;
  const random = createRandom(`campaign/${rules.seed}`).fork(`committee ${state.changes}`);
  const { runs } = await evaluateUtility(qnnSim, {
    settings: {
      fold: 0,
      qnn,
      seeds: Array.from({ length: MEMBERS }, (_, member) => random.seedFor(member)),
      arms: [synthetic === null ? QnnArm.REAL_ONLY : QnnArm.AUGMENTED],
      probabilities: true,
    },
    training: labels,
    synthetic,
    // The report is of held-out points with a class; only their probabilities are used.
    heldOut: pointsOf(
      pool,
      candidates,
      candidates.map(() => 0),
      classes,
    ),
    signal,
    deadlineMs: LONG_CALL_MS,
  });
  const size = candidates.length * classes;
  const probabilities = new Float64Array(runs.length * size);
  runs.forEach((run, member) => {
    if (run.probabilities === undefined) {
      throw new DomainError('unsupported', 'the QNN simulator reports no probabilities; right would be one that does');
    }
    const shape = [candidates.length, classes];
    probabilities.set(
      decodeTensor(run.probabilities, { dtype: 'float32', shape, finite: true, field: 'probabilities' }),
      member * size,
    );
  });
  return { members: runs.length, candidates: candidates.length, classes, probabilities };
}
