import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import type { TrainJob } from '../domain/jobs.ts';
import { createWorkerPool, type WorkerPool } from './pool.ts';

const job = (given: Partial<Parameters<typeof createQnnSettings>[0]> = {}, seeds = [1]): TrainJob => {
  const count = 24;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const angles = Float64Array.from({ length: 2 * count }, (_, i) => (labels[i >> 1] ? 1 : -1) + 0.1 * Math.sin(i));
  const points = { count, angles, labels };
  return {
    kind: 'train',
    engine: 'wasm',
    settings: createQnnSettings({ qubits: 2, layers: 1, steps: 30, ...given }),
    features: 2,
    classes: 2,
    tasks: seeds.map((seed) => ({ label: `seed ${seed}`, seed, training: points, heldOut: points })),
  };
};

describe('createWorkerPool', () => {
  let pool: WorkerPool;
  beforeEach(() => {
    pool = createWorkerPool(1);
  });
  afterEach(() => pool.close());

  it('trains in a thread, and the bits do not depend on the number of threads', async () => {
    const [a, b] = await pool.run(job({}, [1, 2]));
    const wide = createWorkerPool(2);
    const [[c], [d]] = await Promise.all([wide.run(job({}, [1])), wide.run(job({}, [2]))]);
    await wide.close();
    expect([c.losses, d.losses]).toEqual([a.losses, b.losses]);
    expect([c.parameters, d.parameters]).toEqual([a.parameters, b.parameters]);
    expect(a.seconds).toBeGreaterThan(0);
  });

  it("keeps an error's name, message and code", async () => {
    await expect(pool.run({ ...job(), engine: 'abacus' })).rejects.toMatchObject({
      name: 'UnknownEngineError',
      code: 'invalid',
      message: expect.stringContaining("engine: 'abacus' is none of 'auto', "),
    });
  });

  it('rejects with the reason of the signal, and the thread is free for the next job', async () => {
    await pool.run(job());
    const controller = new AbortController();
    const long = pool.run(job({ qubits: 8, layers: 6, steps: 100_000 }), controller.signal);
    const queued = pool.run(job());
    controller.abort(new Error('the caller left'));
    await expect(long).rejects.toThrow('the caller left');
    await expect(queued).resolves.toHaveLength(1);
    expect(pool.load).toBe(0);
  });

  it('terminates the thread of a job that cannot stop between steps', async () => {
    await pool.run(job());
    const controller = new AbortController();
    const long = pool.run(job({ qubits: 12, layers: 30, batchSize: 24, steps: 1 }), controller.signal);
    setImmediate(() => controller.abort(new Error('the caller left')));
    await expect(long).rejects.toThrow('the caller left');
    await expect(pool.run(job())).resolves.toHaveLength(1);
  });

  it('drops a job that is cancelled before it starts', async () => {
    const first = pool.run(job());
    const controller = new AbortController();
    const second = pool.run(job({ steps: 100_000 }), controller.signal);
    controller.abort(new Error('never mind'));
    await expect(second).rejects.toThrow('never mind');
    await first;
    expect(pool.load).toBe(0);
  });

  it('measures the engines that auto may take, fastest first', async () => {
    const { selection, engines } = await pool.run({ kind: 'measure' });
    const candidates = engines.filter((one) => one.automatic).map((one) => one.name);
    expect(selection.measurements.map((one) => one.name).sort()).toEqual(candidates.sort());
    expect(selection.selected).toBe(selection.measurements[0].name);
  });

  it('rejects running and later jobs when it is closed', async () => {
    const running = pool.run(job({ steps: 100_000 }));
    await Promise.all([expect(running).rejects.toThrow('the worker pool is closed'), pool.close()]);
    await expect(pool.run(job())).rejects.toThrow('the worker pool is closed');
  });
});
