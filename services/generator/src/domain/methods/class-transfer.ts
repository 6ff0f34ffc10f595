import { fitClassTransfer } from '@qloom/datasets/manifold/class-transfer.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { InvalidSampleRequestError } from '../errors.ts';
import { sampleByClass } from '../sampling/sample-by-class.ts';
import { type GeneratorMethod, NOTHING_LEARNED } from './method.ts';

/** Points of the other classes, moved over: for classes that are copies of one shape at different places. */
export const classTransfer: GeneratorMethod = {
  description: 'Points of the other classes, moved by the offset between the classes, for classes of one shape.',
  baseline: true,
  needs: [],
  classDensity: false,
  // One round: each row of another class moved once. More repeat points.
  ratio: 1,
  critic: false,
  continues: false,
  strength: false,
  hyperparameters: [],
  fit: async () => NOTHING_LEARNED,
  sample: sampleByClass(({ method, training: { points, shape } }, counts, random) => {
    const physical = Array.from({ length: shape.features }, (_, j) => ({
      low: shape.lower[j] ?? null,
      high: shape.upper[j] ?? null,
    }));
    const label = counts.findIndex((count) => count > 0);
    try {
      return fitClassTransfer(points, physical).draw(label, counts[label], random);
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      throw new InvalidSampleRequestError(`method ${method}: ${error.message}`, { cause: error });
    }
  }),
};
