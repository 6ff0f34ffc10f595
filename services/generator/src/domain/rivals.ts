import { type AugmentationName, augmentationNamed } from '@qloom/datasets/augmentations/augmentation-table.ts';
import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { InvalidSampleRequestError } from './errors.ts';
import type { Method } from './hyperparameter-table.ts';
import type { Model } from './model.ts';

/** The classical augmentation behind each rival that makes points. */
const AUGMENTATIONS: Partial<Record<Method, AugmentationName>> = {
  duplicate: 'duplicate',
  noise: 'noise',
  'shot-resampling': 'shots',
  rotation: 'rotations',
  mixup: 'mixup',
  smote: 'smote',
  gaussian: 'class-gaussian',
  kde: 'kde',
};

/**
 * `counts` points by a rival. `rival.strength` multiplies the method's usual strength, kept in the method's range. Throws
 * InvalidSampleRequestError where the training points do not suit the method.
 */
export function drawFromRival(model: Model, counts: readonly number[], random: Random): Points {
  const name = AUGMENTATIONS[model.method];
  if (name === undefined) throw new RangeError(`method ${model.method} is no rival that draws points`);
  const { points, shape } = model.training;
  const method = augmentationNamed(name);
  const range = method.strength;
  const strength = range ? Math.min(range.high, Math.max(range.low, model.strength * range.default)) : undefined;
  const physical = Array.from({ length: shape.features }, (_, j) => ({
    low: shape.lower[j] ?? null,
    high: shape.upper[j] ?? null,
  }));
  try {
    return method.augment(points, { counts, random, physical, shots: shape.shots || null, strength });
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new InvalidSampleRequestError(`method ${model.method}: ${error.message}`, { cause: error });
  }
}
