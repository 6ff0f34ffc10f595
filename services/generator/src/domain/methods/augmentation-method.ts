import type { Augmentation } from '@qloom/datasets/augmentations/augmentation.ts';
import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { InvalidSampleRequestError } from '../errors.ts';
import type { Model } from '../model.ts';
import { sampleByClass } from '../sampling/sample-by-class.ts';
import { type GeneratorMethod, NOTHING_LEARNED } from './method.ts';

/** Creates the method that draws from the training points by a classical augmentation. */
export function augmentationMethod(augmentation: Augmentation): GeneratorMethod {
  return {
    description: `${augmentation.title}.`,
    baseline: true,
    needs: augmentation.needsShots ? ['shots'] : [],
    classDensity: augmentation.classDensity,
    critic: false,
    continues: false,
    strength: augmentation.strength !== null,
    hyperparameters: [],
    fit: async () => NOTHING_LEARNED,
    sample: sampleByClass((model, counts, random) => augment(augmentation, model, counts, random)),
  };
}

/**
 * Draws `counts` points. `rival.strength` multiplies the augmentation's default strength, limited to its range. Throws
 * InvalidSampleRequestError if the training points are unsuitable.
 */
function augment(augmentation: Augmentation, model: Model, counts: readonly number[], random: Random): Points {
  const { points, shape } = model.training;
  const range = augmentation.strength;
  const strength = range ? Math.min(range.high, Math.max(range.low, model.strength * range.default)) : undefined;
  const physical = Array.from({ length: shape.features }, (_, j) => ({
    low: shape.lower[j] ?? null,
    high: shape.upper[j] ?? null,
  }));
  try {
    return augmentation.augment(points, { counts, random, physical, shots: shape.shots || null, strength });
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new InvalidSampleRequestError(`method ${model.method}: ${error.message}`, { cause: error });
  }
}
