import { AUGMENTATIONS } from '@qloom/datasets/augmentations/augmentation-table.ts';
import { augmentationMethod } from './augmentation-method.ts';
import { classTransfer } from './class-transfer.ts';
import { cvae } from './cvae.ts';
import { gan } from './gan.ts';
import type { GeneratorMethod } from './method.ts';
import { none } from './none.ts';
import { prior } from './prior.ts';
import { semiSupervised } from './semi-supervised.ts';
import { simulator } from './simulator.ts';

/** Every method, by its value of the hyperparameter `method`; the default first. */
export const METHODS = {
  gan,
  cvae,
  prior,
  'semi-supervised': semiSupervised,
  simulator,
  none,
  duplicate: augmentationMethod(AUGMENTATIONS.duplicate),
  noise: augmentationMethod(AUGMENTATIONS.noise),
  'shot-resampling': augmentationMethod(AUGMENTATIONS.shots),
  rotation: augmentationMethod(AUGMENTATIONS.rotations),
  mixup: augmentationMethod(AUGMENTATIONS.mixup),
  smote: augmentationMethod(AUGMENTATIONS.smote),
  gaussian: augmentationMethod(AUGMENTATIONS['class-gaussian']),
  kde: augmentationMethod(AUGMENTATIONS.kde),
  'class-transfer': classTransfer,
} as const satisfies Record<string, GeneratorMethod>;

/** The name of a method. */
export type MethodName = keyof typeof METHODS;

/** Names of the methods, in the order of the table. */
export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

/** Returns the method of that name; undefined if there is none, for example in a model of another version. */
export function methodNamed(name: string): GeneratorMethod | undefined {
  return Object.hasOwn(METHODS, name) ? METHODS[name as MethodName] : undefined;
}
