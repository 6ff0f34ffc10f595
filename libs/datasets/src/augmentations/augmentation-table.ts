import type { Augmentation } from './augmentation.ts';
import { classGaussian } from './class-gaussian.ts';
import { duplicate } from './duplicate.ts';
import { kde } from './kde.ts';
import { mixup } from './mixup.ts';
import { noise } from './noise.ts';
import { rotations } from './rotations.ts';
import { shots } from './shots.ts';
import { smote } from './smote.ts';

/** Every classical augmentation, by name: one row and one file each. */
export const AUGMENTATIONS = {
  duplicate,
  noise,
  shots,
  rotations,
  mixup,
  smote,
  'class-gaussian': classGaussian,
  kde,
} as const satisfies Record<string, Augmentation>;

/** The name of an augmentation. */
export type AugmentationName = keyof typeof AUGMENTATIONS;
