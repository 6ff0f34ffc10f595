import { isDeepStrictEqual } from 'node:util';
import { CheckpointError, InvalidInitialModelError } from '../errors.ts';
import type { FitOptions } from '../fit-options.ts';
import { type Model, unpackModel } from '../model.ts';
import type { TrainingData } from '../training-data.ts';
import { type NeuralModel, networkOf } from './neural-model.ts';

/**
 * The network of the model that a fit continues from; undefined for a fit that starts anew. Throws InvalidInitialModelError for bytes
 * that are no model, and for a model of another method, another shape of the network or other training points. Other points are
 * refused because the model knows them: held-out points of the new fit could be among them.
 */
export function initialNetwork({
  initialModel,
  settings,
  data,
}: Pick<FitOptions, 'initialModel' | 'settings' | 'data'>): NeuralModel | undefined {
  if (initialModel === undefined) return undefined;
  const model = unpacked(initialModel);
  if (model.method !== settings.method) {
    throw new InvalidInitialModelError(
      `is of method ${model.method}; right would be ${settings.method}, as in the settings`,
    );
  }
  const network = networkOf(model);
  for (const [name, value] of Object.entries(settings.vae)) {
    const own = network.vae[name as keyof typeof network.vae];
    if (own !== value)
      throw new InvalidInitialModelError(`has vae.${name} ${own}; right would be ${value}, as in the settings`);
  }
  if (!isOfPoints(model, data)) {
    throw new InvalidInitialModelError('was fitted to other training points; right would be a model of the same ones');
  }
  return network;
}

function unpacked(bytes: Uint8Array): Model {
  try {
    return unpackModel(bytes);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new InvalidInitialModelError(`is no model: ${error.message}`, { cause: error });
  }
}

function isOfPoints({ training }: Model, { points, shape }: TrainingData): boolean {
  const { x, y, features, classes } = training.points;
  const isSameShape =
    features === points.features && classes === points.classes && training.shape.shots === shape.shots;
  return isSameShape && isDeepStrictEqual(x, points.x) && isDeepStrictEqual(y, points.y);
}
