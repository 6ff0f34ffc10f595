import { chooseBatch } from '@qloom/acquisition/batch/choose-batch.ts';
import type { Committee } from '@qloom/acquisition/committee.ts';
import { ACQUISITION_POLICIES, type AcquisitionPolicyName } from '@qloom/acquisition/policies/policy-table.ts';
import { fitStandardizer, standardize } from '@qloom/datasets/preprocessing/standardizer.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows, selectRows } from '@qloom/study/points/rows.ts';
import type { Qnn } from '../augmentation/qnn-arms.ts';
import { measureSynthesis } from './measure-synthesis.ts';
import { trainCommittee } from './train-committee.ts';

/** How a campaign asks for labels. */
export interface CampaignSettings {
  readonly policy: AcquisitionPolicyName;
  /** Labels of the first round, when there is no committee yet. */
  readonly start: number;
  /** Labels of each later round. */
  readonly batch: number;
  /** Most labels. */
  readonly budget: number;
  /** Exponent of the density weight. Default that of `chooseBatch`. */
  readonly density?: number;
  /** Points that a training gets besides the labelled ones, of the labels so far, where the policy adds them. Default: none. */
  readonly synthesize?: (real: Points, seed: number) => Promise<Points | null>;
  /** Whether rows are repeated so that classes weigh the same. Default false, as in studies. */
  readonly isBalanced?: boolean;
}

/** One draw of a task. */
export interface CampaignDraw {
  readonly seed: number;
  /** Points whose labels may be bought. */
  readonly pool: Points;
  /** Test points, in equal parts per class. */
  readonly test: Points;
}

/** The state of a campaign after one of its rounds. */
export interface Round {
  readonly labels: number;
  /** Mean test accuracy of the committee's members, balanced over classes: that of one QNN, not of their vote. */
  readonly accuracy: number;
  /** Whether the committee was trained on points besides the labels. */
  readonly addsPoints: boolean;
}

/** Nothing has a price, and nothing is measured. */
const NOTHING_KNOWN = { synthesis: null, labelGain: Number.POSITIVE_INFINITY, prices: null };

/**
 * Runs a campaign: labels of the pool are bought in rounds, and after each a committee of QNNs is trained from the start on
 * all labels so far, features scaled by the pool. Yields the rounds until the budget or the pool is used.
 */
export async function* runCampaign(qnn: Qnn, draw: CampaignDraw, settings: CampaignSettings): AsyncGenerator<Round> {
  const { pool, test, seed } = draw;
  const random = createRandom(`campaign/${seed}`);
  const policy = ACQUISITION_POLICIES[settings.policy];
  let decision = policy.decide({ ...NOTHING_KNOWN, hasMethod: settings.synthesize !== undefined });
  const scaling = fitStandardizer(pool);
  const standardized = standardize(scaling, pool);
  const valuesOf = (rows: readonly number[]) => Float64Array.from(selectRows(standardized, rows).x);
  let labelled: number[] = [];
  let committee: Committee | null = null;
  for (let round = 0; labelled.length < Math.min(settings.budget, pool.count); round++) {
    const known = new Set(labelled);
    const open = Array.from({ length: pool.count }, (_, row) => row).filter((row) => !known.has(row));
    const batch = chooseBatch({
      acquisition: decision.acquisition,
      committee: committee === null ? null : rowsOfCommittee(committee, open),
      candidates: {
        count: open.length,
        features: pool.features,
        values: valuesOf(open),
        labelled: valuesOf(labelled),
        pending: new Float64Array(0),
      },
      count: Math.min(settings.budget - labelled.length, round === 0 ? settings.start : settings.batch),
      asked: labelled.length,
      density: settings.density,
      random: random.fork(`round ${round}`),
    });
    labelled = [...labelled, ...batch.map(({ row }) => open[row])];
    const real = selectRows(pool, labelled);
    if (policy.isCrossValidated && settings.synthesize) {
      const crossValidation = { scaling, synthesize: settings.synthesize, random: random.fork(`choice ${round}`) };
      const synthesis = await measureSynthesis(qnn, real, crossValidation);
      decision = policy.decide({ ...NOTHING_KNOWN, hasMethod: true, synthesis });
    }
    const synthesize = decision.addsPoints ? settings.synthesize : undefined;
    const added = (await synthesize?.(real, random.seedFor(`points ${round}`))) ?? null;
    const training = weighed(added === null ? real : concatenateRows([real, added]), settings, random);
    const trained = await trainCommittee(qnn, { training, pool, test, scaling, seed });
    ({ committee } = trained);
    yield { labels: labelled.length, accuracy: trained.accuracy, addsPoints: added !== null };
  }
}

/** The committee's probabilities of some candidates. */
function rowsOfCommittee(
  { members, candidates, classes, probabilities }: Committee,
  rows: readonly number[],
): Committee {
  const chosen = new Float64Array(members * rows.length * classes);
  for (let m = 0; m < members; m++) {
    rows.forEach((row, i) => {
      const at = (m * candidates + row) * classes;
      chosen.set(probabilities.subarray(at, at + classes), (m * rows.length + i) * classes);
    });
  }
  return { members, candidates: rows.length, classes, probabilities: chosen };
}

/** The points, each class repeated to the size of the largest where that is asked for. */
function weighed(points: Points, { isBalanced = false }: CampaignSettings, random: Random): Points {
  if (!isBalanced) return points;
  const byClass = Array.from({ length: points.classes }, (_, label) =>
    random.fork(`class ${label}`).shuffle([...points.y.keys()].filter((row) => points.y[row] === label)),
  ).filter((rows) => rows.length > 0);
  const most = Math.max(...byClass.map((rows) => rows.length));
  return selectRows(
    points,
    byClass.flatMap((rows) => Array.from({ length: most }, (_, i) => rows[i % rows.length])),
  );
}
