import { createNeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import type { SoftmaxNetwork } from '@qloom/metrics/classifiers/softmax-network.ts';
import { fitTeacherMembers } from '@qloom/metrics/classifiers/teacher.ts';
import { trainingSample } from '@qloom/metrics/classifiers/training-sample.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import { throwIfAborted } from '../abortable.ts';
import { fitCodec } from '../codec.ts';
import type { Matrix } from '../losses/matrix.ts';
import { quantile } from '../losses/moments.ts';
import type { TrainingData } from '../training-data.ts';

/** What a gate learned from the training points. */
export interface FittedGate {
  /** `gate.posterior`: least probability of its class for a synthetic point; 0: labels are not judged. */
  readonly posterior: number;
  /** Distance to a training point, in the channels of the codec, below which a synthetic point is a copy. */
  readonly copyDistance: number;
  /** Members of the teacher, on the channels of the codec; none where labels are not judged. */
  readonly teacher: readonly SoftmaxNetwork[];
}

/** Options of {@link fitGate}. */
export interface GateFit {
  readonly posterior: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Yields to the event loop. */
  readonly breathe: () => Promise<void>;
}

/** Percentile of the distances between real nearest neighbours below which a synthetic point is a copy. */
const COPY_PERCENTILE = 0.05;
/** Most training points whose nearest neighbours are searched for that percentile. */
const MOST_SEARCHED = 1000;
/** Searches between two turns of the event loop: some milliseconds. */
const SEARCHES_AT_ONCE = 16;

/** Fits the gate of a model to its training points, as a function of them and the seed. Throws CancelledError. */
export async function fitGate(data: TrainingData, { posterior, seed, signal, breathe }: GateFit): Promise<FittedGate> {
  const random = createRandom(seed).fork('gate');
  const codec = fitCodec(data);
  const channels = codec.encode(data.points);
  const turn = async () => {
    throwIfAborted(signal, 'fit');
    await breathe();
  };
  const copyDistance = await realNeighbourDistance(channels, random, turn);
  if (posterior === 0) return { posterior, copyDistance, teacher: [] };
  const points = { ...data.points, features: codec.channels, x: channels.data };
  const teacherSeed = random.seedFor('teacher');
  const fitting = fitTeacherMembers(trainingSample(points, teacherSeed), teacherSeed);
  for (;;) {
    const step = fitting.next();
    if (step.done) return { posterior, copyDistance, teacher: step.value };
    await turn();
  }
}

/** The 5th percentile of the distances from training points to their nearest neighbours; 0 for a single point. */
async function realNeighbourDistance(channels: Matrix, random: Random, turn: () => Promise<void>): Promise<number> {
  const { rows, columns, data } = channels;
  if (rows < 2) return 0;
  const search = createNeighbourSearch({ count: rows, features: columns, values: data });
  const searched = random.permutation(rows).slice(0, MOST_SEARCHED);
  const distances = new Float64Array(searched.length);
  for (const [i, row] of searched.entries()) {
    if (i % SEARCHES_AT_ONCE === 0) await turn();
    const [square] = search.nearest(data.subarray(row * columns, (row + 1) * columns), 1, row).squares;
    distances[i] = Math.sqrt(square);
  }
  return quantile(distances.sort(), COPY_PERCENTILE);
}
