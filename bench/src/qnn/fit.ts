import { createHiddenManifoldTask } from '@qloom/datasets/tasks/hidden-manifold.ts';
import type { Engine } from '@qloom/qnn/engine/engine.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import { trainQnns } from '@qloom/qnn/training/train.ts';
import { median } from '../harness/percentile.ts';
import { lessIsBetter, type Row } from '../harness/row.ts';

const POINTS = 240;
const SETTINGS = createQnnSettings({ qubits: 4, layers: 10, batchSize: 32, steps: 10_000, learningRate: 0.01 });
/** The first one warms V8 up and is not counted. */
const FITS = 3;
/** What a fit may take, and about what its published counterpart took, on another machine. Unit: seconds. */
const BUDGET_S = 2;
const PUBLISHED_S = 75;

/** Times whole fits: 10,000 Adam steps of 32 points of ten features, 4 qubits, 10 layers. */
export async function benchFit(engine: Engine, progress: (message: string) => void): Promise<Row[]> {
  const points = createHiddenManifoldTask().draw({ count: POINTS, seed: 1 });
  const { circuit, observables } = createQnnModel(SETTINGS, points.features, 2);
  const compiled = await engine.compile(circuit, observables);
  const encoded = { count: POINTS, angles: scaleInputs(points, measureScaling(points)), labels: points.y };
  const times: number[] = [];
  for (let fit = 0; fit <= FITS; fit++) {
    const start = performance.now();
    await trainQnns(compiled, SETTINGS, [{ label: 'fit', seed: fit, training: encoded, heldOut: encoded }]);
    const seconds = (performance.now() - start) / 1e3;
    progress(`fit ${fit}: ${seconds.toFixed(2)} s${fit === 0 ? ', not counted' : ''}`);
    if (fit > 0) times.push(seconds);
  }
  const row = {
    bench: 'qnn-training',
    case: `n=4 L=10 B=32, 10,000 steps, ${engine.name} ${engine.precision}`,
    metric: 'whole fit',
    value: median(times),
    unit: 's',
  };
  return [
    lessIsBetter({ ...row, peer: 'budget', peerValue: BUDGET_S }),
    lessIsBetter({ ...row, peer: 'published', peerValue: PUBLISHED_S, note: 'on another machine' }),
  ];
}
