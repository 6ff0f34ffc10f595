import { takeInTurn } from '@qloom/datasets/augmentations/synthesize.ts';
import { type AlignedPoints, alignClasses } from '@qloom/datasets/prior/align-classes.ts';
import { defaultRho } from '@qloom/datasets/prior/prior.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows, rowsByClass, selectRows } from '@qloom/study/points/rows.ts';
import { type Codec, fitCodec } from '../codec.ts';
import { matrix } from '../losses/matrix.ts';
import { measured } from '../measured.ts';
import type { TrainingData } from '../training-data.ts';
import { type PointSource, pointsOf } from './point-source.ts';
import { priorSource } from './prior-source.ts';

/** Difference from a possible result of a measurement that float32 may make, in results. */
const ROUNDING = 1e-3;

/** The points of a source domain in the channels of the codec, aligned to `labelled` by a share `shift` of the estimate. */
export function alignedDomain(codec: Codec, labelled: Points, domain: Points, shift: number): AlignedPoints {
  const inChannels = (points: Points): Points => ({
    ...points,
    features: codec.channels,
    x: codec.encode(points).data,
  });
  return alignClasses(inChannels(domain), inChannels(labelled), shift);
}

/**
 * The source of points of a source domain: its rows of the class in turn, aligned to the training points; a share `weight` of the
 * points comes from it and the others from the prior, as do all of a class that the domain lacks.
 */
export function domainSource(
  training: TrainingData,
  domain: Points,
  { weight, shift }: { readonly weight: number; readonly shift: number },
): PointSource {
  const codec = fitCodec(training);
  const { channels } = codec;
  const { points: aligned } = alignedDomain(codec, training.points, domain, shift);
  const isMeasured = areResults(domain, training.shape.shots);
  const prior = priorSource(training, defaultRho(training.shape.shots));
  const rows = rowsByClass(aligned);
  const turns: (() => number)[] = [];
  const fromDomain = (count: number, label: number, random: Random): Points => {
    turns[label] ??= takeInTurn(rows[label], random.fork('rows'));
    const taken = selectRows(aligned, Array.from({ length: count }, turns[label]));
    const points = pointsOf(codec, matrix(count, channels, taken.x), label);
    return isMeasured ? points : measured(training.shape, points, random);
  };
  return {
    codec,
    draw(count, label, random) {
      if (rows[label].length === 0) return prior.draw(count, label, random);
      // By chance for each point, so that the share holds for any division of the draws.
      const own = Array.from({ length: count }, () => random.uniform()).filter((u) => u < weight).length;
      const parts = [fromDomain(own, label, random), prior.draw(count - own, label, random)];
      return shuffled(concatenateRows(parts.filter((part) => part.count > 0)), random);
    },
    dispose: () => prior.dispose(),
  };
}

/** The rows in random order, so that the first ones are from every part. */
function shuffled(points: Points, random: Random): Points {
  return selectRows(points, random.permutation(points.count));
}

/** Whether every value is a possible result of `shots` measurements, so that it was measured already. */
function areResults({ x }: Points, shots: number): boolean {
  if (shots < 1) return false;
  return x.every((value) => {
    const ups = ((value + 1) / 2) * shots;
    return Math.abs(ups - Math.round(ups)) < ROUNDING;
  });
}
