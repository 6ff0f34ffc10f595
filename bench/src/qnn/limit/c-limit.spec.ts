import { spawnSync } from 'node:child_process';
import { createProblem } from '../problem.ts';
import { measureLimit } from './c-limit.ts';

const gcc = spawnSync('gcc', ['--version']).status === 0;
if (!gcc) console.warn('skipped: gcc is absent, so no kernels are compiled as C');

(gcc ? describe : describe.skip)('measureLimit', () => {
  it.each([128, 256] as const)('finds the memory that WebAssembly leaves, at %d bit', async (width) => {
    const effort = { rounds: 1, seconds: 0.001 };
    const times = await measureLimit(createProblem({ qubits: 3, layers: 3, batch: 7 }), width, effort, () =>
      performance.now(),
    );
    for (const some of [times.c, times.wasm]) {
      expect(some.length).toBeGreaterThan(0);
      for (const ms of some) expect(ms).toBeGreaterThan(0);
    }
  });
});
