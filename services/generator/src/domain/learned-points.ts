import type { Points } from '@qloom/study/points/points.ts';
import { CheckpointError } from './errors.ts';
import type { Learned, Model } from './model.ts';

/** Points as a part of what a method learns; `more` is stored beside them. */
export function learnedPoints({ x, y }: Points, more: Learned['content'] = {}): Learned {
  const bytes = new Uint8Array(4 * x.length);
  const view = new DataView(bytes.buffer);
  x.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return { content: { ...more, learnedLabels: [...y] }, blobs: { learnedPoints: bytes } };
}

/** The points that {@link learnedPoints} stored, with the features and classes of the training points. Throws CheckpointError. */
export function pointsLearned({ method, learned, training }: Model): Points {
  const { features, classes } = training.shape;
  const labels = learned?.content['learnedLabels'] as readonly number[] | undefined;
  const bytes = learned?.blobs['learnedPoints'];
  if (labels === undefined || bytes?.byteLength !== 4 * labels.length * features) {
    throw new CheckpointError(`checkpoint: a model of method ${method} without its points`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const x = Float32Array.from({ length: labels.length * features }, (_, i) => view.getFloat32(4 * i, true));
  return { count: labels.length, features, classes, x, y: Int32Array.from(labels) };
}
