import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { compileMeasured } from '@qloom/qnn/measurement/compile-measured.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { trainQnns } from '@qloom/qnn/training/train.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { chooseEngine } from '../../engine/choose-engine.ts';
import type { Predictor } from './label-curves.ts';

/** QNNs that vote on each prediction. */
const MEMBERS = 3;

/** Options of {@link withQnnPredictor}. */
export interface QnnPredictorOptions {
  readonly qnn: QnnSettings;
  readonly seed: number;
  /** Rejects with its reason between two trainings. */
  readonly signal: AbortSignal;
  /** A monotonic clock, milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Does `work` with a predictor that trains three QNNs on the rows of `points` that it is given, and takes the class with the largest mean
 * probability. The same rows give the same QNNs.
 */
export async function withQnnPredictor<T>(
  points: Points,
  { qnn, seed, signal, nowMs }: QnnPredictorOptions,
  work: (predict: Predictor) => Promise<T>,
): Promise<T> {
  const { circuit, observables } = createQnnModel(qnn, points.features, points.classes);
  const step = { description: 'a step of this training', circuit, observables, rows: qnn.batchSize };
  const { selected } = await chooseEngine('auto', step, nowMs);
  const engine = await createEngine(selected, { precision: qnn.precision ?? 'float64' });
  const random = createRandom(`label-curves/${seed}`);
  try {
    const compiled = await compileMeasured(engine, circuit, observables, qnn);
    return await work(async (rows, asked) => {
      const training = selectRows(points, rows);
      const scaling = measureScaling(training, qnn.encoding);
      const encode = (of: Points) => ({ count: of.count, angles: scaleInputs(of, scaling), labels: of.y });
      const results = await trainQnns(
        compiled,
        qnn,
        Array.from({ length: MEMBERS }, (_, member) => ({
          label: `QNN ${member} on ${rows.length} labels`,
          seed: random.seedFor(member),
          training: encode(training),
          heldOut: encode(asked),
        })),
      );
      // Signals are delivered between turns of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      return mostProbable(
        results.map(({ probabilities }) => probabilities),
        asked,
      );
    });
  } finally {
    engine.dispose();
  }
}

function mostProbable(members: readonly Float32Array[], { count, classes }: Points): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const sums = Array.from({ length: classes }, (_class, c) =>
      members.reduce((sum, probabilities) => sum + probabilities[i * classes + c], 0),
    );
    return sums.indexOf(Math.max(...sums));
  });
}
