import { createRandom, type Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { balancedQuotas } from '@qloom/study/synthesis/quotas.ts';
import { runInTurns, runNow, type Steps } from '../split/turns.ts';
import type { DrawRequest, Task, TaskDescriptor } from './task.ts';

/** Definition of a task: how to draw one point of a given class. */
export interface PointSource {
  readonly descriptor: TaskDescriptor;
  /** Writes the features of a fresh point of class `label` to `out`, shape [features]. Uses `random` only. */
  drawPoint(label: number, random: Random, out: Float32Array): void;
  /** The class of a point as points fall. Default: every class is equally likely. */
  readonly drawClass?: (random: Random) => number;
  /** How many points may be drawn before the event loop gets its turn: about 10 ms of work. */
  readonly pointsPerTurn: number;
}

/** Points of a task's test set unless a number is given. */
export const TASK_TEST_SIZE = 1000;

/** The most points of one draw. */
export const MAX_DRAWN = 10_000_000;

function quotasOf(request: DrawRequest, source: PointSource, random: Random): readonly number[] {
  const { count, classCounts } = request;
  const classes = source.descriptor.classNames.length;
  if (!Number.isInteger(count) || count < 1 || count > MAX_DRAWN) {
    throw new DatasetError('count', `count: ${count} is not a whole number from 1 to ${MAX_DRAWN}`);
  }
  if (!classCounts) return balancedQuotas(count, classes);
  if (classCounts === 'as they fall') {
    const counts = new Array<number>(classes).fill(0);
    for (let i = 0; i < count; i++) counts[source.drawClass?.(random) ?? random.integer(classes)]++;
    return counts;
  }
  const valid = classCounts.length === classes && classCounts.every((n) => Number.isInteger(n) && n >= 0);
  if (!valid || classCounts.reduce((a, b) => a + b, 0) !== count) {
    throw new DatasetError(
      'classCounts',
      `classCounts: [${classCounts.join(', ')}] must be ${classes} whole numbers that sum to count ${count}`,
    );
  }
  return classCounts;
}

/** Yields after every turn's points. Every class has a stream of its own; the rows are then shuffled by another. */
function* drawing(source: PointSource, request: DrawRequest): Steps<Points> {
  const { featureNames, classNames, name } = source.descriptor;
  const random = createRandom(`${name}/${request.seed}/${request.purpose ?? 'labels'}`);
  const quotas = quotasOf(request, source, random.fork('classes'));
  const order = random.fork('order').permutation(request.count);
  const features = featureNames.length;
  const x = new Float32Array(request.count * features);
  const y = new Int32Array(request.count);
  let drawn = 0;
  for (let label = 0; label < quotas.length; label++) {
    const stream = random.fork(`class/${label}`);
    for (let i = 0; i < quotas[label]; i++, drawn++) {
      const row = order[drawn];
      source.drawPoint(label, stream, x.subarray(row * features, (row + 1) * features));
      y[row] = label;
      if ((drawn + 1) % source.pointsPerTurn === 0) yield;
    }
  }
  return { count: request.count, features, classes: classNames.length, x, y };
}

/** A {@link Task} over a source of single points, stratified by class. */
export function createTask(source: PointSource): Task {
  return {
    descriptor: source.descriptor,
    draw: (request) => runNow(drawing(source, request)),
    drawAsync: (request, options) => runInTurns(drawing(source, request), options),
  };
}
