import type { CompiledCircuit, Engine } from '@qloom/qnn/engine/engine.ts';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { type TrainingResult, type TrainingTask, trainQnns } from '@qloom/qnn/training/train.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows } from '@qloom/study/points/rows.ts';

/** Seeds of the QNN in each arm, over which its accuracy is averaged. */
const QNN_SEEDS = [1, 2];

/** A QNN for points of one shape. */
export interface Qnn {
  readonly settings: QnnSettings;
  readonly compiled: CompiledCircuit;
}

let engine: Promise<Engine> | undefined;

/** Compiles the QNN that the benchmarks of augmentation train: 4 qubits, 3 layers, 200 steps, batches of 32, unless `given` differs. */
export async function openQnn({ features, classes }: Points, given: Partial<QnnSettings> = {}): Promise<Qnn> {
  engine ??= createEngine('wasm');
  const settings = createQnnSettings({ qubits: 4, layers: 3, steps: 200, batchSize: 32, ...given });
  const { circuit, observables } = createQnnModel(settings, features, classes);
  return { settings, compiled: await (await engine).compile(circuit, observables) };
}

/** One QNN to train on `points`, with the scaling of `real`, and to score on `heldOut`. */
export interface QnnJob {
  readonly real: Points;
  readonly points: Points;
  readonly heldOut: Points;
  readonly seed: number;
}

/** Trains QNNs at once. */
export function train({ compiled, settings }: Qnn, jobs: readonly QnnJob[]): Promise<TrainingResult[]> {
  const tasks = jobs.map(({ real, points, heldOut, seed }, i): TrainingTask => {
    const scaling = measureScaling(real, settings.encoding);
    const encoded = (of: Points) => ({ count: of.count, angles: scaleInputs(of, scaling), labels: of.y });
    return { label: `job ${i}`, seed, training: encoded(points), heldOut: encoded(heldOut) };
  });
  return trainQnns(compiled, settings, tasks);
}

/** Synthetic points of each arm; undefined: real points alone. */
export type Arms = Readonly<Record<string, Points | undefined>>;

/** Test accuracy of the QNN by arm, trained on the real points and those of the arm. */
export async function accuracies(qnn: Qnn, real: Points, arms: Arms, test: Points): Promise<Record<string, number>> {
  const names = Object.keys(arms);
  const jobs = names.flatMap((name) => {
    const added = arms[name];
    const points = added === undefined ? real : concatenateRows([real, added]);
    return QNN_SEEDS.map((seed): QnnJob => ({ real, points, heldOut: test, seed }));
  });
  const results = await train(qnn, jobs);
  const meanOf = (arm: number) =>
    QNN_SEEDS.reduce((sum, _, i) => sum + results[arm * QNN_SEEDS.length + i].accuracy / QNN_SEEDS.length, 0);
  return Object.fromEntries(names.map((name, arm) => [name, meanOf(arm)]));
}
