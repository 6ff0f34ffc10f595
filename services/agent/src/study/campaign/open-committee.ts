import { createRandom } from '@qloom/random/random.ts';
import { labelOf } from '../../domain/campaign/campaign.ts';
import type { TrainedCommittee } from '../../domain/campaign/choose-points.ts';
import type { Peers } from '../peers.ts';
import type { Clock } from '../retry/clock.ts';
import type { OpenedCampaign } from './campaign-message.ts';
import { type CampaignPool, pointsOf } from './campaign-pool.ts';
import { synthesizePoints } from './synthesize-points.ts';
import { trainCommittee } from './train-committee.ts';

/** What a committee of a campaign learns from, and what it is asked about. */
export interface CommitteeWish {
  readonly pool: CampaignPool;
  /** Rows of the pool with a label. */
  readonly labelled: readonly number[];
  /** Rows of the pool. */
  readonly candidates: readonly number[];
  readonly signal: AbortSignal;
}

/**
 * The committee that chooses the next points: trained on all labels, and on points that the generator makes of them where the campaign
 * has a method. Null before two classes have a label: until then there is nothing to tell apart. A function of the seed, the events
 * and what the peers answer; rejects with their errors.
 */
export async function openCommittee(
  peers: Pick<Peers, 'qnnSim' | 'generator'>,
  clock: Pick<Clock, 'now'>,
  { id, created, rules, state }: OpenedCampaign,
  { pool, labelled, candidates, signal }: CommitteeWish,
): Promise<TrainedCommittee | null> {
  const { classNames } = rules;
  const y = labelled.map((row) => labelOf(state.points.get(row)!, classNames)!.label);
  if (new Set(y).size < 2) return null;
  const labels = pointsOf(pool, labelled, y, classNames.length);
  const { qnn, synthesis } = created.settings!;
  const random = createRandom(`campaign/${rules.seed}`).fork(`synthesis ${state.changes}`);
  const request = { id, pool, classNames, synthesis, labels, change: state.changes, random, signal };
  const { points, refusal } = await synthesizePoints(peers, clock, request);
  const training = { rules, state, pool, labels, synthetic: points, candidates, qnn: qnn!, signal };
  return { committee: await trainCommittee(peers, training), synthetic: points?.count ?? 0, refusal };
}
