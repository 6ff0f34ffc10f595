import { quantizeToShots } from '@qloom/datasets/preprocessing/dequantize.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { throwIfAborted } from './abortable.ts';
import { InvalidSampleRequestError } from './errors.ts';
import { createGate, type Gate } from './gate.ts';
import type { Model, NeuralModel } from './model.ts';
import { createPointSource, type PointSource } from './point-source.ts';
import { drawFromRival } from './rivals.ts';
import { pointsAt } from './training-data.ts';

/** What to sample. */
export interface SampleOptions {
  /** Points of each class, shape [classes]. */
  readonly counts: readonly number[];
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Lets the event loop run; called between draws. */
  readonly breathe: () => Promise<void>;
  /** Rejects implausible points and copies of a neural model. Rivals are taken as they are. Default true. */
  readonly gated?: boolean;
  /** Rounds features from finite shots to what such a measurement can give. Default false: a QNN takes any number. */
  readonly requantized?: boolean;
}

/** How a sampling ended. */
export interface SampleSummary {
  /** Points given. */
  readonly count: number;
  /** Points drawn in all. */
  readonly drawn: number;
  /** Points that passed the gate, over points drawn; 1 where nothing was drawn or gated. */
  readonly acceptance: number;
  /** Points given although no draw passed the gate within its limit. */
  readonly forced: number;
}

/** Most rows of a chunk, and of one draw. */
const CHUNK_ROWS = 256;
/** For each wanted point at most so many are drawn … */
const DRAWS_EACH = 20;
/** … and this many more, so that few wanted points have a chance. */
const DRAWS_MORE = 256;

interface Tally {
  count: number;
  drawn: number;
  passed: number;
  forced: number;
}

/**
 * Samples from a model, class after class, in chunks of at most 256 rows. The same model, counts and seed give the same points.
 * Method `none` gives none, whatever is asked.
 *
 * @throws InvalidSampleRequestError for wrong counts or a class without a training point, CancelledError.
 */
export async function* sampleModel(model: Model, options: SampleOptions): AsyncGenerator<Points, SampleSummary> {
  requireCounts(model, options.counts);
  const tally: Tally = { count: 0, drawn: 0, passed: 0, forced: 0 };
  if (model.method !== 'none') {
    yield* model.neural ? sampleNetwork(model, model.neural, options, tally) : sampleRival(model, options, tally);
  }
  const { count, drawn, passed, forced } = tally;
  return { count, drawn, acceptance: drawn > 0 ? passed / drawn : 1, forced };
}

function requireCounts({ training: { points } }: Model, counts: readonly number[]): void {
  if (counts.length !== points.classes) {
    throw new InvalidSampleRequestError(`class_counts: ${counts.length} counts for ${points.classes} classes`);
  }
  for (const [label, count] of counts.entries()) {
    if (!Number.isInteger(count) || count < 0) {
      throw new InvalidSampleRequestError(`class_counts: class ${label} has ${count}, not an integer of at least 0`);
    }
    if (count > 0 && !points.y.includes(label)) {
      throw new InvalidSampleRequestError(
        `class_counts: ${count} points of class ${label}, of which the model saw no training point; use 0`,
      );
    }
  }
}

async function* sampleRival(model: Model, options: SampleOptions, tally: Tally): AsyncGenerator<Points> {
  const random = createRandom(options.seed);
  for (const [label, wanted] of options.counts.entries()) {
    if (wanted === 0) continue;
    await options.breathe();
    throwIfAborted(options.signal, 'sampling');
    const counts = options.counts.map((_, c) => (c === label ? wanted : 0));
    const points = drawFromRival(model, counts, random.fork(`class ${label}`));
    tally.count += wanted;
    tally.drawn += wanted;
    tally.passed += wanted;
    yield* chunksOf(points);
  }
}

async function* sampleNetwork(
  model: Model,
  neural: NeuralModel,
  options: SampleOptions,
  tally: Tally,
): AsyncGenerator<Points> {
  const source = createPointSource(neural);
  try {
    const { points } = model.training;
    const gate =
      (options.gated ?? true)
        ? await createGate(source.codec.encode(points), points.y, points.classes, options.breathe)
        : undefined;
    const random = createRandom(options.seed);
    for (const [label, wanted] of options.counts.entries()) {
      yield* sampleClass(source, gate, label, wanted, random.fork(`class ${label}`), options, tally);
    }
  } finally {
    source.dispose();
  }
}

/**
 * Draws until `wanted` points have passed the gate, or 20 times as many and 256 more are drawn; what is then missing is made up
 * of the rejected points whose class is the most probable.
 */
async function* sampleClass(
  source: PointSource,
  gate: Gate | undefined,
  label: number,
  wanted: number,
  random: Random,
  { signal, breathe, requantized }: SampleOptions,
  tally: Tally,
): AsyncGenerator<Points> {
  const { shots } = source.codec.state.shape;
  const finish = (points: Points): Points => {
    tally.count += points.count;
    return requantized && shots > 0 ? quantizeToShots(points, shots) : points;
  };
  let missing = wanted;
  let left = DRAWS_EACH * wanted + DRAWS_MORE;
  let rejected: { posterior: number; point: Points }[] = [];
  while (missing > 0 && left > 0) {
    await breathe();
    throwIfAborted(signal, 'sampling');
    const drawn = source.draw(Math.min(CHUNK_ROWS, Math.max(16, 2 * missing), left), label, random);
    left -= drawn.count;
    const passed: number[] = [];
    const encoded = source.codec.encode(drawn);
    for (let row = 0; row < drawn.count && passed.length < missing; row++) {
      tally.drawn++;
      const verdict = gate?.judge(encoded, row, label);
      if (!verdict || verdict.accepted) passed.push(row);
      else rejected.push({ posterior: verdict.posterior, point: pointsAt(drawn, [row]) });
    }
    rejected = rejected.sort((a, b) => b.posterior - a.posterior).slice(0, missing);
    tally.passed += passed.length;
    missing -= passed.length;
    if (passed.length > 0) yield finish(pointsAt(drawn, passed));
  }
  if (missing === 0) return;
  tally.forced += missing;
  for (const { point } of rejected.slice(0, missing)) yield finish(point);
}

function* chunksOf(points: Points): Generator<Points> {
  for (let from = 0; from < points.count; from += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, points.count - from);
    yield pointsAt(
      points,
      Int32Array.from({ length: rows }, (_, i) => from + i),
    );
  }
}
