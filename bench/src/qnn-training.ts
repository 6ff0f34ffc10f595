import { createEngine, selectEngine } from '@qloom/qnn/engine/select-engine.ts';
import type { Bench } from './harness/bench.ts';
import { checkKeys, select } from './harness/only.ts';
import { benchAccuracy } from './qnn/accuracy.ts';
import { benchFit } from './qnn/fit.ts';

const CASES = ['fit', 'accuracy'] as const;

/** Whole trainings of data re-uploading QNNs, with the engine that `auto` takes: how long, and how good. */
export const qnnTrainingBench: Bench = {
  description: 'whole trainings of QNNs: how long, and how good on a published data set',
  options: `cases=${CASES.join(',')}`,
  parts({ only }) {
    checkKeys(only, ['cases']);
    return select(only, 'cases', CASES);
  },
  async *run(progress, _, wanted) {
    const { selected, reason } = await selectEngine({ nowMs: () => performance.now() });
    progress(`engine ${selected}: ${reason}`);
    const engine = await createEngine(selected);
    try {
      if (wanted.has('fit')) yield { parts: ['fit'], rows: await benchFit(engine, progress) };
      if (!wanted.has('accuracy')) return;
      const rows = await benchAccuracy(engine, progress);
      // Without its file nothing has been measured.
      yield { parts: rows.length > 0 ? ['accuracy'] : [], rows };
    } finally {
      engine.dispose();
    }
  },
};
