import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCsv } from '@qloom/datasets/csv/read-csv.ts';
import { SOURCE_UNITS, toFeatureUnits } from '@qloom/datasets/preprocessing/feature-units.ts';
import { accuracyOf } from '@qloom/metrics/classifiers/classifier.ts';
import { chooseRbfSvc } from '@qloom/metrics/classifiers/rbf-svc.ts';
import { meanOf, varianceOf } from '@qloom/metrics/statistics/interval.ts';
import { studentQuantile } from '@qloom/metrics/statistics/student-t.ts';
import type { Engine } from '@qloom/qnn/engine/engine.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { trainQnns } from '@qloom/qnn/training/train.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { moreIsBetter, type Row } from '../harness/row.ts';

/** The published file: 240 points to train, 60 to test, ten features on a manifold of six dimensions. */
const FILE = 'hidden_manifold-6manifold-10d';
/** Mean of the five published test accuracies of data re-uploading on it, .80 to .85 (Bowles, Ahmed and Schuld, 2024). */
const PUBLISHED = 0.8267;
/** Five settings around the published grid (1, 5, 10 layers; rates .001, .01, .1); every one is reported. */
const SETTINGS: readonly Partial<QnnSettings>[] = [
  { layers: 2, learningRate: 0.01 },
  { layers: 3, learningRate: 0.05 },
  { layers: 5, learningRate: 0.01 },
  { layers: 5, learningRate: 0.01, loss: 'mse' },
  { layers: 10, learningRate: 0.01 },
];
const SEEDS = [1, 2, 3, 4, 5];

/** The folder of the published files: QLOOM_SHARED_DATA, or ../shared/data beside the project. */
const folder = (): string =>
  join(
    process.env.QLOOM_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url)),
    'qml-benchmarks',
  );

/** Test accuracy on a published file, five seeds for each of five settings; the published figure beside each. */
export async function benchAccuracy(engine: Engine, progress: (message: string) => void): Promise<Row[]> {
  const place = join(folder(), `${FILE}_train.csv`);
  if (!existsSync(place)) {
    progress(`accuracy: left out, there is no ${place}; QLOOM_SHARED_DATA names the folder that has qml-benchmarks/`);
    return [];
  }
  const { classNames, points } = readCsv(readFileSync(place, 'utf8'));
  const training = toFeatureUnits(points, SOURCE_UNITS);
  const held = readCsv(readFileSync(join(folder(), `${FILE}_test.csv`), 'utf8'), { classNames });
  const test = toFeatureUnits(held.points, SOURCE_UNITS);
  const svc = accuracyOf(chooseRbfSvc(training, createRandom(1)), test);
  const rows: Row[] = [];
  for (const given of SETTINGS) {
    const settings = createQnnSettings({ qubits: 4, batchSize: 32, steps: 1000, ...given });
    const accuracies = await accuraciesOf(engine, settings, training, test);
    const { layers, learningRate, loss } = settings;
    const half = studentQuantile(0.975, SEEDS.length - 1) * Math.sqrt(varianceOf(accuracies) / SEEDS.length);
    rows.push(
      moreIsBetter({
        bench: 'qnn-training',
        case: `${FILE}, L=${layers} rate ${learningRate} ${loss}`,
        metric: 'test accuracy',
        ...{ value: meanOf(accuracies), unit: '', peer: 'published', peerValue: PUBLISHED },
        note: `± ${half.toFixed(3)} (95 % over ${SEEDS.length} seeds); SVC ${svc.toFixed(3)}`,
      }),
    );
    progress(`${rows[rows.length - 1].case}: ${accuracies.map((one) => one.toFixed(3)).join(' ')}`);
  }
  return rows;
}

async function accuraciesOf(engine: Engine, settings: QnnSettings, training: Points, test: Points): Promise<number[]> {
  const { circuit, observables } = createQnnModel(settings, training.features, 2);
  const compiled = await engine.compile(circuit, observables);
  const scaling = measureScaling(training);
  const encode = (points: Points) => ({
    count: points.count,
    angles: scaleInputs(points, scaling),
    labels: points.y,
  });
  const data = { training: encode(training), heldOut: encode(test) };
  const tasks = SEEDS.map((seed) => ({ label: `seed ${seed}`, seed, ...data }));
  return (await trainQnns(compiled, settings, tasks)).map((result) => result.accuracy);
}
