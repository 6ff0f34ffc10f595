import { createWorkerPool } from '../workers/pool.ts';
import { chooseEngine } from './engine-choice.ts';

describe('chooseEngine', () => {
  it('takes the fastest and reports the speed of each one', async () => {
    const pool = createWorkerPool(1);
    const engines = await chooseEngine('auto', pool);
    await pool.close();
    expect(engines.selected).toBe(engines.measurements[0].name);
    expect(engines.reason).toMatch(/^the fastest on a training step of the default QNN: .* ms, reference .* ms/);
    expect(['', 'auto', 'reference'].map((name) => engines.resolve(name))).toEqual([
      engines.selected,
      engines.selected,
      'reference',
    ]);
    expect(() => engines.resolve('gpu')).toThrow("engine: 'gpu' is none of 'auto', ");
    expect(engines.engines.find((one) => one.name === 'reference')).toMatchObject({ available: true });
  });

  it('takes what is forced without measuring', async () => {
    const pool = createWorkerPool(1);
    const engines = await chooseEngine('reference', pool);
    expect([engines.selected, engines.measurements]).toEqual(['reference', []]);
    await expect(chooseEngine('gpu', pool)).rejects.toThrow("engine: 'gpu' is none of");
    await pool.close();
  });
});
