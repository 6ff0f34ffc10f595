import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { standardize, unstandardize } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Random } from '@qloom/random/random.ts';
import { answeredFailure } from '@qloom/service-kit/faults/faults.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { METHOD } from '@qloom/study/synthesis/offered-method.ts';
import { SYNTH_RATIO } from '@qloom/study/synthesis/synthesis-plan.ts';
import { fitModel, samplePoints } from '@qloom/study-rpc/clients/generator-client.ts';
import { encodeValue } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { syntheticCounts } from '../../domain/campaign/synthetic-counts.ts';
import { nextAttempt } from '../next-attempt.ts';
import { LONG_CALL_MS, type Peers } from '../peers.ts';
import type { Clock } from '../retry/clock.ts';
import { askMethods, NO_SYNTHESIS, needsOf, ONLY_METHOD } from './campaign-methods.ts';
import type { CampaignPool } from './campaign-pool.ts';

/** A method for the points of one round. */
export interface SynthesisRequest {
  /** Id of the campaign. */
  readonly id: string;
  readonly pool: CampaignPool;
  readonly classNames: readonly string[];
  /** The campaign's setting. */
  readonly synthesis: string;
  /** Number of the change that needs them. */
  readonly change: number;
  readonly signal: AbortSignal;
}

/** Makes points of labels in standardized features. The same labels and random source give the same points. */
export type Synthesize = (labels: Points, random: Random) => Promise<SyntheticPoints>;

/** Synthetic points in standardized features, or why there are none. */
interface SyntheticPoints {
  /** Null: the committee has the labels alone. */
  readonly points: Points | null;
  /** What the generator says of labels of which it makes no points; empty where it was not asked, or gave them. */
  readonly refusal: string;
}

const NOTHING: SyntheticPoints = { points: null, refusal: '' };

/**
 * Opens the method of a campaign, for points beside labels: none where every class has too few labels, and where the generator refuses
 * these. Null where the setting says none. Rejects, as the method does, with the errors of a generator that is away.
 */
export async function openSynthesis(
  peers: Pick<Peers, 'generator'>,
  clock: Pick<Clock, 'now'>,
  { id, pool, classNames, synthesis, change, signal }: SynthesisRequest,
): Promise<Synthesize | null> {
  if (synthesis === NO_SYNTHESIS) return null;
  const methods = await askMethods(peers, signal);
  const offered = methods.hyperparameters.find(({ name }) => name === SYNTH_RATIO);
  const own = methods.described.get(synthesis)?.ratio;
  const isPoolNeeded = needsOf(methods, synthesis).includes('unlabelled');
  const units = unitsOf(pool);
  const limits = { signal, deadlineMs: LONG_CALL_MS };
  const named =
    synthesis === ONLY_METHOD ? [] : [{ name: METHOD, value: encodeValue({ kind: 'categorical' }, synthesis) }];
  const data = { ...units.description, classNames: [...classNames] };
  return async (labels, random) => {
    const counts = syntheticCounts(classCounts(labels), { offered, own });
    if (counts.every((count) => count === 0)) return NOTHING;
    try {
      const { model } = await fitModel(peers.generator, {
        settings: {
          identity: { study: id, fold: change, attempt: nextAttempt(clock) },
          seed: random.seedFor('fit'),
          hyperparameters: named,
          data,
          checkpointEverySteps: 0,
        },
        training: units.toGenerator(labels),
        ...(isPoolNeeded ? { unlabelled: units.unlabelled() } : {}),
        ...limits,
      });
      const settings = { seed: random.seedFor('sample'), classCounts: counts, ungated: false };
      const { points } = await samplePoints(peers.generator, { settings, model, ...limits });
      return { points: points.count === 0 ? null : units.fromGenerator(points), refusal: '' };
    } catch (error) {
      if (answeredFailure(error) === undefined) throw error;
      return { points: null, refusal: (error as Error).message };
    }
  };
}

/**
 * The units in which the generator gets points: those of expectations where features are these, whose bounds and shots it knows,
 * else standardized ones, which float32 holds.
 */
function unitsOf({ source, description, scaling, values, featureNames }: CampaignPool) {
  const { features, count } = source;
  if (description.pauliExpectations) {
    return {
      description,
      toGenerator: (points: Points) => unstandardize(scaling, points),
      fromGenerator: (points: Points) => standardize(scaling, points),
      unlabelled: () => ({ count, features, x: Float32Array.from(source.x) }),
    };
  }
  const inUnits = (bounds: readonly number[]) => bounds.map((bound, j) => (bound - scaling.mean[j]) / scaling.scale[j]);
  return {
    description: DataDescription.fromPartial({
      featureNames: [...featureNames],
      lowerBounds: inUnits(description.lowerBounds),
      upperBounds: inUnits(description.upperBounds),
    }),
    toGenerator: (points: Points) => points,
    fromGenerator: (points: Points) => points,
    unlabelled: () => ({ count, features, x: Float32Array.from(values) }),
  };
}
