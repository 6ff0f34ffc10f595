import { fitPrior, type Prior } from '@qloom/datasets/prior/prior.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { Codec } from '../codec.ts';
import type { Matrix } from '../losses/matrix.ts';

/** Fits the prior to points in the channels of the codec, which are standardized and in which angles have no jump. */
export function fitChannelPrior(codec: Codec, points: Points, rho: number): Prior {
  return priorOfChannels(codec.encode(points), points, rho);
}

/** Fits the prior to rows of channels with the labels of these points. */
export function priorOfChannels({ columns, data }: Matrix, points: Points, rho: number): Prior {
  return fitPrior({ ...points, features: columns, x: data }, { rho, standardized: true });
}
