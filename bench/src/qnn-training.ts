import { createEngine, selectEngine } from '@qloom/qnn/engine/select-engine.ts';
import type { BenchOptions } from './benches.ts';
import { checkKeys, select } from './only.ts';
import { benchAccuracy } from './qnn/accuracy.ts';
import { benchFit } from './qnn/fit.ts';
import type { Row } from './row.ts';

const CASES = ['fit', 'accuracy'] as const;

/** What `--only` may name, for the usage. */
export const QNN_TRAINING_ONLY = `cases=${CASES.join(',')}`;

/** Whole trainings of data re-uploading QNNs, with the engine that `auto` takes: how long, and how good. */
export async function benchQnnTraining(progress: (message: string) => void, { only }: BenchOptions): Promise<Row[]> {
  checkKeys(only, ['cases']);
  const cases = select(only, 'cases', CASES);
  const { selected, reason } = await selectEngine({ nowMs: () => performance.now() });
  progress(`engine ${selected}: ${reason}`);
  const engine = await createEngine(selected);
  try {
    const rows: Row[] = [];
    if (cases.includes('fit')) rows.push(...(await benchFit(engine, progress)));
    if (cases.includes('accuracy')) rows.push(...(await benchAccuracy(engine, progress)));
    return rows;
  } finally {
    engine.dispose();
  }
}
