import type { Points } from '@qloom/study/points/points.ts';
import { fitCodec } from '../codec.ts';
import { matrix } from '../losses/matrix.ts';
import { measured } from '../measured.ts';
import { fitChannelPrior } from '../training/channel-prior.ts';
import type { TrainingData } from '../training-data.ts';
import { type PointSource, pointsOf } from './point-source.ts';

/**
 * The source of points of the prior alone: a draw in the channels, the bounds, the shot layer. `points` are those that it is
 * fitted to, by default the training points.
 */
export function priorSource(training: TrainingData, rho: number, points: Points = training.points): PointSource {
  const codec = fitCodec(training);
  const prior = fitChannelPrior(codec, points, rho);
  return {
    codec,
    draw(count, label, random) {
      const { x } = prior.draw(label, count, random);
      return measured(training.shape, pointsOf(codec, matrix(count, codec.channels, x), label), random);
    },
    dispose() {},
  };
}
