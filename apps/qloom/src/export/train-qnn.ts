import { type FeatureUnits, fromUnit, unitAt } from '@qloom/datasets/preprocessing/feature-units.ts';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { compileMeasured } from '@qloom/qnn/measurement/compile-measured.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { createQnnModel, logitScale } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { trainQnns } from '@qloom/qnn/training/train.ts';
import type { TrainedQnn } from '@qloom/quantum/export/trained-qnn.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { chooseEngine } from '../engine/choose-engine.ts';
import type { TrainingPoints } from './training-points.ts';

/** Options of {@link trainQnn}. */
export interface QnnTraining {
  readonly settings: QnnSettings;
  readonly points: TrainingPoints;
  /** Units of the points. The exported QNN takes features in the units of their source. */
  readonly units: FeatureUnits;
  /** Trains on the synthetic points alone, as pre-training does. Default: on real and synthetic points. */
  readonly syntheticOnly?: boolean;
  readonly seed: number;
  /** `auto` or an engine's name. */
  readonly engine: string;
  /** Comment at the head of the exported program. */
  readonly title: string;
  /** A monotonic clock, milliseconds. */
  readonly nowMs: () => number;
}

/** A trained QNN, with its loss and accuracy on the real points that it was trained on. */
export interface TrainingOutcome {
  readonly qnn: TrainedQnn;
  readonly accuracy: number;
  readonly loss: number;
  readonly engine: string;
}

/**
 * Trains one QNN as a study trains those that it scores: the same circuit, scaling of features by the real points, steps and
 * mini-batches for the same seed; in float64 unless the settings say otherwise. Throws QnnSettingsError where the settings do
 * not fit the points, TrainingDivergedError, and the errors of engines.
 */
export async function trainQnn(training: QnnTraining): Promise<TrainingOutcome> {
  const { settings, points, units, seed, title, nowMs } = training;
  const { real, synthetic } = points;
  const { circuit, observables } = createQnnModel(settings, real.features, real.classes);
  const step = { description: 'a step of this training', circuit, observables, rows: settings.batchSize };
  const { selected } = await chooseEngine(training.engine, step, nowMs);
  const engine = await createEngine(selected, { precision: settings.precision ?? 'float64' });
  try {
    const compiled = await compileMeasured(engine, circuit, observables, settings);
    const { mean, scale } = measureScaling(real, settings.encoding);
    const encode = (of: Points) => ({ count: of.count, angles: scaleInputs(of, { mean, scale }), labels: of.y });
    const all = synthetic === null ? real : training.syntheticOnly ? synthetic : joined(real, synthetic);
    const task = { label: title, seed, training: encode(all), heldOut: encode(real) };
    const [{ parameters, accuracy, loss }] = await trainQnns(compiled, settings, [task]);
    const qnn = {
      circuit,
      observables,
      parameters,
      inputScaling: {
        mean: mean.map((value, j) => fromUnit(value, unitAt(units, j))),
        scale: scale.map((value, j) => value * unitAt(units, j).scale),
      },
      outputScale: logitScale(settings.loss),
      title,
    };
    return { qnn, accuracy, loss, engine: selected };
  } finally {
    engine.dispose();
  }
}

/** Points of two sets, one after the other. */
export const joined = (a: Points, b: Points): Points => ({
  ...a,
  count: a.count + b.count,
  x: Float32Array.of(...a.x, ...b.x),
  y: Int32Array.of(...a.y, ...b.y),
});
