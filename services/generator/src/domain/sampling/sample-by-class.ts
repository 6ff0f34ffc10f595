import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { throwIfAborted } from '../abortable.ts';
import type { Model } from '../model.ts';
import { CHUNK_ROWS, type SampleOptions, type Tally } from './sample-options.ts';

/** Draws `counts` points from a model, shape [classes]; only one class has a count other than 0. */
export type DrawOfClass = (model: Model, counts: readonly number[], random: Random) => Points;

/** Samples class by class without a gate: `draw` gives all points of a class at once. */
export function sampleByClass(draw: DrawOfClass) {
  return async function* (model: Model, options: SampleOptions, tally: Tally): AsyncGenerator<Points> {
    const random = createRandom(options.seed);
    for (const [label, wanted] of options.counts.entries()) {
      if (wanted === 0) continue;
      await options.breathe();
      throwIfAborted(options.signal, 'sampling');
      const counts = options.counts.map((_, c) => (c === label ? wanted : 0));
      const points = draw(model, counts, random.fork(`class ${label}`));
      tally.count += wanted;
      tally.drawn += wanted;
      tally.passed += wanted;
      yield* chunksOf(points);
    }
  };
}

function* chunksOf(points: Points): Generator<Points> {
  for (let from = 0; from < points.count; from += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, points.count - from);
    yield selectRows(
      points,
      Int32Array.from({ length: rows }, (_, i) => from + i),
    );
  }
}
