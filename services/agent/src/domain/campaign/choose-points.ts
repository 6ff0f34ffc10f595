import { chooseBatch } from '@qloom/acquisition/batch/choose-batch.ts';
import { type Committee, expectedError } from '@qloom/acquisition/committee.ts';
import type { RoundDecision, SynthesisGain } from '@qloom/acquisition/policies/policy.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { CampaignRules, CampaignState, ChosenPoint, CommitteeRound } from './campaign.ts';
import type { OpenPoints } from './open-points.ts';

/** QNNs of a committee. */
export const MEMBERS = 5;
/**
 * Most candidates that a committee is asked about, and most of its probabilities, which a report holds in 1 MiB: of more
 * candidates a random part is considered, another one each time.
 */
const [MOST_CANDIDATES, MOST_PROBABILITIES] = [2000, 2 ** 18];

/** Features of the pool, standardized, row-major, shape [pool, features]. */
interface PoolFeatures {
  readonly features: number;
  readonly values: Float64Array;
}

/** The candidates of a request: the open points, or a random part of them. A function of the seed and the number of changes. */
export function candidatesOf(rules: CampaignRules, { changes }: CampaignState, { rows }: OpenPoints): number[] {
  const { seed, classNames } = rules;
  const most = Math.min(MOST_CANDIDATES, Math.floor(MOST_PROBABILITIES / (MEMBERS * classNames.length)));
  if (rows.length <= most) return [...rows];
  const order = createRandom(`campaign/${seed}`).fork(`candidates ${changes}`).permutation(rows.length);
  return [...order.subarray(0, most)].map((i) => rows[i]).sort((a, b) => a - b);
}

/** What {@link choosePoints} chooses from. */
export interface PointChoice {
  readonly pool: PoolFeatures;
  readonly open: OpenPoints;
  readonly count: number;
  /** Rows of the pool, as {@link candidatesOf} gives them. */
  readonly candidates: readonly number[];
  readonly decision: RoundDecision;
  /** Reduction of the error that was expected of the next batch when the decision was made. */
  readonly labelGain: number;
  /** Null before there is one. */
  readonly trained: TrainedCommittee | null;
  /** Price of the label of each point of the pool; null: all cost the same. */
  readonly costs: Float64Array | null;
}

/** A committee, and the points besides labels on which it was trained. */
export interface TrainedCommittee {
  /** Of the candidates, in their order. */
  readonly committee: Committee;
  readonly synthetic: number;
  /** Why the generator gave none; empty where it did, or was not asked. */
  readonly refusal: string;
  readonly synthesisGain: SynthesisGain | null;
}

/** Chooses points to hand out. The same state and committee give the same points. */
export function choosePoints(
  rules: CampaignRules,
  state: CampaignState,
  { pool, open, count, candidates, trained, costs, decision, labelGain }: PointChoice,
): { readonly points: ChosenPoint[]; readonly round: CommitteeRound | null } {
  const { features, values } = pool;
  const valuesOf = (rows: readonly number[]) => {
    const chosen = new Float64Array(rows.length * features);
    rows.forEach((row, i) => {
      chosen.set(values.subarray(row * features, (row + 1) * features), i * features);
    });
    return chosen;
  };
  const batch = chooseBatch({
    acquisition: decision.acquisition,
    committee: trained?.committee ?? null,
    candidates: {
      count: candidates.length,
      features,
      values: valuesOf(candidates),
      labelled: valuesOf(open.labelled),
      pending: valuesOf(open.pending),
      ...(costs === null ? {} : { costs: Float64Array.from(candidates, (row) => costs[row]) }),
    },
    count,
    asked: open.labelled.length + open.pending.length,
    randomShare: rules.randomShare,
    random: createRandom(`campaign/${rules.seed}`).fork(`batch ${state.changes}`),
  });
  return {
    points: batch.map(({ row, chosenBy, score }) => {
      const at = candidates[row];
      return { row: at, chosenBy, score, cost: costs === null ? null : costs[at] };
    }),
    round:
      trained === null
        ? null
        : {
            labels: open.labelled.length,
            expectedError: expectedError(trained.committee),
            synthetic: trained.synthetic,
            refusal: trained.refusal,
            acquisition: decision.acquisition,
            synthesisGain: trained.synthesisGain,
            labelGain,
          },
  };
}
