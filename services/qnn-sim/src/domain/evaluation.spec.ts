import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { clouds } from '../testing/clouds.ts';
import { createWorkerPool } from '../workers/pool.ts';
import { type Evaluation, evaluateUtility } from './evaluation.ts';

const evaluation = (given: Partial<Evaluation> = {}): Evaluation => ({
  fold: 0,
  settings: createQnnSettings({ qubits: 3, layers: 1, steps: 25 }),
  engine: 'wasm',
  seeds: [1, 2, 3],
  arms: [],
  training: clouds(1, 20),
  synthetic: clouds(2, 50),
  heldOut: clouds(3, 40),
  ...given,
});

describe('evaluateUtility', () => {
  it('gives the same bits with one thread and with three', async () => {
    const outcomes = await Promise.all(
      [1, 3].map(async (size) => {
        const pool = createWorkerPool(size);
        const results = await evaluateUtility(pool, evaluation());
        await pool.close();
        return results.map((result) => ({ ...result, seconds: 0 }));
      }),
    );
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[0]).toHaveLength(6);
  });

  it('scales both arms by only the real training points', async () => {
    const pool = createWorkerPool(1);
    const only = await evaluateUtility(pool, evaluation({ arms: ['real-only'] }));
    const both = await evaluateUtility(pool, evaluation());
    await pool.close();
    expect(both.slice(0, 3).map((run) => run.losses)).toEqual(only.map((run) => run.losses));
  });

  it('rejects with the reason of its signal', async () => {
    const pool = createWorkerPool(2);
    const controller = new AbortController();
    const settings = createQnnSettings({ steps: 100_000 });
    const evaluating = evaluateUtility(pool, evaluation({ settings }), controller.signal);
    controller.abort(new Error('enough'));
    await expect(evaluating).rejects.toThrow('enough');
    await pool.close();
  });
});
