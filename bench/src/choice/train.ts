import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { compileMeasured } from '@qloom/qnn/measurement/compile-measured.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import { trainQnns } from '@qloom/qnn/training/train.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** One training: real points, points added to them, and those that are predicted. */
export interface Training {
  readonly real: Points;
  readonly added: Points | null;
  readonly test: Points;
  readonly seed: number;
}

/** Trains QNNs of 4 qubits and 3 layers for 200 steps, as studies do. Shares of right predictions, shape [trainings][points]. */
export async function rightPredictions(trainings: readonly Training[]): Promise<Float64Array[]> {
  const { features, classes } = trainings[0].real;
  const settings = createQnnSettings({ qubits: 4, layers: 3, steps: 200, batchSize: 32 });
  const { circuit, observables } = createQnnModel(settings, features, classes);
  const compiled = await compileMeasured(await createEngine('wasm'), circuit, observables, settings);
  const tasks = trainings.map(({ real, added, test, seed }) => {
    const scaling = measureScaling(real, settings.encoding);
    const encode = (points: Points) => ({
      count: points.count,
      angles: scaleInputs(points, scaling),
      labels: points.y,
    });
    const [own, others] = [encode(real), added && encode(added)];
    const training = others && {
      count: own.count + others.count,
      angles: Float64Array.from([...own.angles, ...others.angles]),
      labels: Int32Array.from([...own.labels, ...others.labels]),
    };
    return { label: `seed ${seed}`, seed, training: training ?? own, heldOut: encode(test) };
  });
  const results = await trainQnns(compiled, settings, tasks);
  return results.map(({ predictions }, i) =>
    Float64Array.from(predictions, (label, row) => Number(label === trainings[i].test.y[row])),
  );
}
