import type { RoundDecision } from '@qloom/acquisition/policies/policy.ts';
import { ACQUISITION_POLICIES } from '@qloom/acquisition/policies/policy-table.ts';
import { createRandom } from '@qloom/random/random.ts';
import { labelOf } from '../../domain/campaign/campaign.ts';
import type { TrainedCommittee } from '../../domain/campaign/choose-points.ts';
import { labelGain } from '../../domain/campaign/stop-advice.ts';
import type { Peers } from '../peers.ts';
import type { Clock } from '../retry/clock.ts';
import type { OpenedCampaign } from './campaign-message.ts';
import { type CampaignPool, pointsOf } from './campaign-pool.ts';
import { crossValidateSynthesis } from './cross-validate-synthesis.ts';
import { openSynthesis } from './synthesize-points.ts';
import { trainCommittee } from './train-committee.ts';

/** The points of a round. */
export interface RoundWish {
  readonly pool: CampaignPool;
  /** Rows of the pool with a label. */
  readonly labelled: readonly number[];
  /** Rows of the pool. */
  readonly candidates: readonly number[];
  readonly signal: AbortSignal;
}

/** What the next points are chosen by. */
export interface OpenedRound {
  readonly decision: RoundDecision;
  readonly labelGain: number;
  /** Null before two classes have a label: until then there is nothing to tell apart. */
  readonly trained: TrainedCommittee | null;
}

/**
 * Opens a round: the policy decides, and a committee is trained on all labels, and on points that the generator makes of them where the
 * campaign has a method and the policy adds them. A function of the seed, the events and what the peers answer; rejects with their errors.
 */
export async function openRound(
  peers: Pick<Peers, 'qnnSim' | 'generator'>,
  clock: Pick<Clock, 'now'>,
  { id, created, rules, state }: OpenedCampaign,
  { pool, labelled, candidates, signal }: RoundWish,
): Promise<OpenedRound> {
  const { classNames, batch, prices } = rules;
  const policy = ACQUISITION_POLICIES[rules.policy];
  const gain = labelGain(rules, state);
  const roundPrices = prices === null ? null : { ...prices, labels: batch * prices.label };
  const evidence = { hasMethod: false, synthesis: null, labelGain: gain, prices: roundPrices };
  const y = labelled.map((row) => labelOf(state.points.get(row)!, classNames)!.label);
  if (new Set(y).size < 2) return { decision: policy.decide(evidence), labelGain: gain, trained: null };

  const labels = pointsOf(pool, labelled, y, classNames.length);
  const { synthesis } = created.settings!;
  const qnn = created.settings!.qnn!;
  const random = createRandom(`campaign/${rules.seed}`).fork(`synthesis ${state.changes}`);
  const synthesize = await openSynthesis(peers, clock, {
    id,
    pool,
    classNames,
    synthesis,
    change: state.changes,
    signal,
  });
  const validation = { labels, synthesize, qnn, random: random.fork('folds'), signal };
  const synthesisGain =
    synthesize !== null && policy.isCrossValidated
      ? await crossValidateSynthesis(peers, { ...validation, synthesize })
      : null;
  const decision = policy.decide({ ...evidence, hasMethod: synthesize !== null, synthesis: synthesisGain });
  const { points, refusal } =
    synthesize !== null && decision.addsPoints ? await synthesize(labels, random) : { points: null, refusal: '' };
  const training = { rules, state, pool, labels, synthetic: points, candidates, qnn, signal };
  const committee = await trainCommittee(peers, training);
  return {
    decision,
    labelGain: gain,
    trained: { committee, synthetic: points?.count ?? 0, refusal, synthesisGain },
  };
}
