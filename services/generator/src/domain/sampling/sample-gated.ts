import { quantizeToShots } from '@qloom/datasets/preprocessing/dequantize.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { throwIfAborted } from '../abortable.ts';
import { GATE_POSTERIOR } from '../methods/gate-hyperparameters.ts';
import type { Model } from '../model.ts';
import { fitGate } from './fit-gate.ts';
import { createGate, type Gate } from './gate.ts';
import type { PointSource } from './point-source.ts';
import { CHUNK_ROWS, type SampleOptions, type Tally } from './sample-options.ts';

/** Most draws per requested point … */
const DRAWS_EACH = 4;
/** … and so many more, for small requests. */
const DRAWS_MORE = 256;

/** Opens the source of points of a model. Throws CheckpointError if the model lacks what it needs. */
export type OpenSource = (model: Model) => PointSource;

/** Samples class by class from the source of a model, through the gate unless `options.gated` is false. */
export function sampleGated(open: OpenSource) {
  return async function* (model: Model, options: SampleOptions, tally: Tally): AsyncGenerator<Points> {
    const source = open(model);
    try {
      const gate = (options.gated ?? true) ? await openGate(model, options) : undefined;
      const random = createRandom(options.seed);
      for (const [label, wanted] of options.counts.entries()) {
        yield* sampleClass(source, gate, label, wanted, random.fork(`class ${label}`), options, tally);
      }
    } finally {
      source.dispose();
    }
  };
}

/** The gate of a model; a model of a version that fitted none gets one now, as a function of its training points. */
async function openGate({ gate, training }: Model, { signal, breathe }: SampleOptions): Promise<Gate> {
  const posterior = Number(GATE_POSTERIOR.default);
  return createGate(gate ?? (await fitGate(training, { posterior, seed: 0, signal, breathe })), training);
}

/**
 * Draws until `wanted` points have passed the gate, or at most 4·`wanted` + 256 points; missing points are then taken
 * from the rejected ones with the most probable class.
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
    const verdicts = gate?.judge(drawn, label);
    for (let row = 0; row < drawn.count && passed.length < missing; row++) {
      tally.drawn++;
      const verdict = verdicts?.[row];
      if (!verdict || verdict.accepted) passed.push(row);
      else rejected.push({ posterior: verdict.posterior, point: selectRows(drawn, [row]) });
    }
    rejected = rejected.sort((a, b) => b.posterior - a.posterior).slice(0, missing);
    tally.passed += passed.length;
    missing -= passed.length;
    if (passed.length > 0) yield finish(selectRows(drawn, passed));
  }
  if (missing === 0) return;
  tally.forced += missing;
  for (const { point } of rejected.slice(0, missing)) yield finish(point);
}
