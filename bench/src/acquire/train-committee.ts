import type { Committee } from '@qloom/acquisition/committee.ts';
import type { Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { type TrainingResult, trainQnns } from '@qloom/qnn/training/train.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows } from '@qloom/study/points/rows.ts';
import type { Qnn } from '../augmentation/qnn-arms.ts';

/** QNNs of a committee. */
const MEMBERS = 5;

/** What a committee is trained on, and what it is asked about. */
interface CommitteeTraining {
  readonly training: Points;
  readonly pool: Points;
  readonly test: Points;
  readonly scaling: Standardizer;
  readonly seed: number;
}

/** Trains QNNs from different initial parameters; their probabilities of the pool, and their mean test accuracy, balanced over classes. */
export async function trainCommittee(
  { compiled, settings }: Qnn,
  { training, pool, test, scaling, seed }: CommitteeTraining,
): Promise<{ committee: Committee; accuracy: number }> {
  const encoded = (of: Points) => ({ count: of.count, angles: scaleInputs(of, scaling), labels: of.y });
  const asked = encoded(concatenateRows([pool, test]));
  const tasks = Array.from({ length: MEMBERS }, (_, member) => ({
    label: `member ${member}`,
    seed: MEMBERS * seed + member,
    training: encoded(training),
    heldOut: asked,
  }));
  const results = await trainQnns(compiled, settings, tasks);
  const size = pool.count * pool.classes;
  const probabilities = new Float64Array(MEMBERS * size);
  results.forEach((result, member) => {
    probabilities.set(result.probabilities.subarray(0, size), member * size);
  });
  const accuracy = results.reduce((sum, result) => sum + balancedAccuracy(result, pool.count, test) / MEMBERS, 0);
  return { committee: { members: MEMBERS, candidates: pool.count, classes: pool.classes, probabilities }, accuracy };
}

/** A QNN to train, and the points whose class it predicts. */
export interface Prediction {
  readonly training: Points;
  readonly heldOut: Points;
  readonly seed: number;
}

/** Trains a QNN for each; the classes that it predicts. */
export async function predictClasses(
  { compiled, settings }: Qnn,
  scaling: Standardizer,
  predictions: readonly Prediction[],
): Promise<Int32Array[]> {
  const encoded = (of: Points) => ({ count: of.count, angles: scaleInputs(of, scaling), labels: of.y });
  const tasks = predictions.map(({ training, heldOut, seed }, i) => ({
    label: `prediction ${i}`,
    seed,
    training: encoded(training),
    heldOut: encoded(heldOut),
  }));
  return (await trainQnns(compiled, settings, tasks)).map((result) => result.predictions);
}

/** Mean over the classes of the share of right predictions; those of `test` are from row `first` on. */
function balancedAccuracy({ predictions }: TrainingResult, first: number, test: Points): number {
  const right = new Float64Array(test.classes);
  test.y.forEach((label, i) => {
    if (predictions[first + i] === label) right[label]++;
  });
  return classCounts(test).reduce((sum, count, label) => sum + right[label] / count / test.classes, 0);
}
