import type { Points } from '@qloom/study/points/points.ts';
import type { CompiledCircuit } from '../engine/engine.ts';
import { measureScaling, scaleInputs } from '../model/input-scaling.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { trainQnns } from '../training/train.ts';

/** Mean loss on `real` of QNNs that were trained on `points`, and scale features by these, one for each seed. */
export async function lossAfterTraining(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  { points, real }: { readonly points: Points; readonly real: Points },
  seeds: readonly number[],
): Promise<number> {
  const scaling = measureScaling(points, settings.encoding);
  const encoded = (of: Points) => ({ count: of.count, angles: scaleInputs(of, scaling), labels: of.y });
  const [training, heldOut] = [encoded(points), encoded(real)];
  const tasks = seeds.map((seed) => ({ label: `seed ${seed}`, seed, training, heldOut }));
  const results = await trainQnns(compiled, settings, tasks);
  return results.reduce((sum, { loss }) => sum + loss / seeds.length, 0);
}
