import type { Points } from '@qloom/study/points/points.ts';
import { packContainer, unpackContainer } from './container.ts';
import { CheckpointError } from './errors.ts';
import type { FittedGate } from './sampling/fit-gate.ts';
import { restoredGate, type StoredGate, storedGate } from './sampling/stored-gate.ts';
import type { TrainingData } from './training-data.ts';

/** Result of a fit as it is stored: JSON values, and bytes by name. */
export interface Learned {
  readonly content: Readonly<Record<string, unknown>>;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
}

/** A fitted generator: only what Sample needs. */
export interface Model {
  /** Name of a row of `methods/method-table.ts`. */
  readonly method: string;
  /** `rival.strength`. */
  readonly strength: number;
  /** The training points: augmentations draw from them, and the gate compares with them. */
  readonly training: TrainingData;
  /** Absent if the method has no gate, and in models of versions that fitted none. */
  readonly gate?: FittedGate;
  /** Absent if the method needs only the training points. */
  readonly learned?: Learned;
}

interface ModelContent {
  readonly kind: 'model';
  readonly method: string;
  readonly strength: number;
  readonly shape: TrainingData['shape'];
  readonly labels: readonly number[];
  readonly groups?: readonly number[];
  readonly gate?: StoredGate;
}

/** Packs a model. The same model gives the same bytes. */
export function packModel({ method, strength, training, gate, learned }: Model): Uint8Array {
  const { points, shape } = training;
  const stored = gate && storedGate(gate);
  const content: ModelContent & Learned['content'] = {
    kind: 'model',
    method,
    strength,
    shape,
    labels: [...points.y],
    ...(points.group ? { groups: [...points.group] } : {}),
    ...(stored ? { gate: stored.content } : {}),
    ...learned?.content,
  };
  const arrays = { x: points.x, ...(stored ? { teacher: stored.parameters } : {}) };
  return packContainer({ content, arrays, blobs: learned?.blobs ?? {} });
}

/** Unpacks a model. Throws CheckpointError for damaged bytes or bytes of another kind. */
export function unpackModel(bytes: Uint8Array): Model {
  const { content, arrays, blobs } = unpackContainer(bytes);
  const { kind, method, strength, shape, labels, groups, gate, ...learned } = content as ModelContent &
    Learned['content'];
  if (kind !== 'model') throw new CheckpointError(`checkpoint: holds a ${kind} checkpoint, not a model`);
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
    ...(gate ? { gate: restoredGate(gate, arrays.teacher) } : {}),
    ...(Object.keys(learned).length > 0 ? { learned: { content: learned, blobs } } : {}),
  };
}
