import { fitPrior, type Prior } from '@qloom/datasets/prior/prior.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type Codec, fitCodec } from '../codec.ts';
import { matrix } from '../losses/matrix.ts';
import type { TrainingData } from '../training-data.ts';
import { measured, type PointSource, pointsOf } from './point-source.ts';

/** Fits the prior to points in the channels of the codec, where angles have no jump. */
export function fitChannelPrior(codec: Codec, points: Points, rho: number): Prior {
  return fitPrior({ ...points, features: codec.channels, x: codec.encode(points).data }, { rho });
}

/** The source of points of the prior alone: a draw in the channels, the bounds, the shot layer. */
export function priorSource(training: TrainingData, rho: number): PointSource {
  const codec = fitCodec(training);
  const prior = fitChannelPrior(codec, training.points, rho);
  return {
    codec,
    draw(count, label, random) {
      const { x } = prior.draw(label, count, random);
      return measured(codec, pointsOf(codec, matrix(count, codec.channels, x), label), random);
    },
    dispose() {},
  };
}
