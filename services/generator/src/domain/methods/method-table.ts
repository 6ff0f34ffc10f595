import { AUGMENTATIONS } from '@qloom/datasets/augmentations/augmentation-table.ts';
import { augmentationMethod } from './augmentation-method.ts';
import { cvae } from './cvae.ts';
import { gan } from './gan.ts';
import type { GeneratorMethod } from './method.ts';
import { none } from './none.ts';

/** Every method, by the name that the hyperparameter `method` has; the default first. */
export const METHODS = {
  gan,
  cvae,
  none,
  duplicate: augmentationMethod(AUGMENTATIONS.duplicate),
  noise: augmentationMethod(AUGMENTATIONS.noise),
  'shot-resampling': augmentationMethod(AUGMENTATIONS.shots),
  rotation: augmentationMethod(AUGMENTATIONS.rotations),
  mixup: augmentationMethod(AUGMENTATIONS.mixup),
  smote: augmentationMethod(AUGMENTATIONS.smote),
  gaussian: augmentationMethod(AUGMENTATIONS['class-gaussian']),
  kde: augmentationMethod(AUGMENTATIONS.kde),
} as const satisfies Record<string, GeneratorMethod>;

/** The name of a method. */
export type MethodName = keyof typeof METHODS;

/** The names, in the order of the table. */
export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

/** The method of that name; undefined where there is none, as in the model of another version. */
export function methodNamed(name: string): GeneratorMethod | undefined {
  return Object.hasOwn(METHODS, name) ? METHODS[name as MethodName] : undefined;
}
