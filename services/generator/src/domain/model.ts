import type { Points } from '@qloom/study/points/points.ts';
import type { CodecState } from './codec.ts';
import { packContainer, unpackContainer } from './container.ts';
import { CheckpointError } from './errors.ts';
import { type Method, NEURAL_METHODS } from './hyperparameter-table.ts';
import type { VaeSettings } from './settings.ts';
import type { TrainingData } from './training-data.ts';

/** The neural part of a model. */
export interface NeuralModel {
  readonly vae: VaeSettings;
  readonly codec: CodecState;
  /** Averaged parameters of the chosen step, float32 bytes. */
  readonly parameters: Uint8Array;
  /** Standard deviation of the noise added to each channel; zeros for the VAE-GAN. */
  readonly observationNoise: readonly number[];
}

/** A fitted generator: what Sample needs and nothing else. */
export interface Model {
  readonly method: Method;
  /** `rival.strength`. */
  readonly strength: number;
  /** The training points: rivals are made from them, and the gate compares with them. */
  readonly training: TrainingData;
  readonly neural?: NeuralModel;
}

interface ModelContent {
  readonly kind: 'model';
  readonly method: Method;
  readonly strength: number;
  readonly shape: TrainingData['shape'];
  readonly labels: readonly number[];
  readonly groups?: readonly number[];
  readonly neural?: Omit<NeuralModel, 'parameters'>;
}

/** Packs a model. The same model gives the same bytes. */
export function packModel({ method, strength, training, neural }: Model): Uint8Array {
  const { points, shape } = training;
  const content: ModelContent = {
    kind: 'model',
    method,
    strength,
    shape,
    labels: [...points.y],
    ...(points.group ? { groups: [...points.group] } : {}),
    ...(neural ? { neural: { vae: neural.vae, codec: neural.codec, observationNoise: neural.observationNoise } } : {}),
  };
  return packContainer({ content, arrays: { x: points.x }, blobs: neural ? { parameters: neural.parameters } : {} });
}

/** Unpacks a model. Throws CheckpointError for damaged bytes or bytes of another kind. */
export function unpackModel(bytes: Uint8Array): Model {
  const { content, arrays, blobs } = unpackContainer(bytes);
  const { kind, method, strength, shape, labels, groups, neural } = content as ModelContent;
  if (kind !== 'model') throw new CheckpointError(`checkpoint: holds a ${kind} checkpoint, not a model`);
  if (NEURAL_METHODS.includes(method) !== (neural !== undefined)) {
    throw new CheckpointError(`checkpoint: a model of method ${method} ${neural ? 'with' : 'without'} a network`);
  }
  const points: Points = {
    count: labels.length,
    features: shape.features,
    classes: shape.classes,
    x: arrays.x,
    y: Int32Array.from(labels),
    ...(groups ? { group: Int32Array.from(groups) } : {}),
  };
  return {
    method,
    strength,
    training: { points, shape },
    ...(neural ? { neural: { ...neural, parameters: blobs.parameters } } : {}),
  };
}
