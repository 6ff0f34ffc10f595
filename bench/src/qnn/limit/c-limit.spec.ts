import { spawnSync } from 'node:child_process';
import { createProblem } from '../problem.ts';
import { measureLimit } from './c-limit.ts';

const gcc = spawnSync('gcc', ['--version']).status === 0;
if (!gcc) console.warn('skipped: gcc is absent, so no kernels are compiled as C');

(gcc ? describe : describe.skip)('measureLimit', () => {
  it.each([
    { wasm: 128, c: 128 },
    { wasm: 256, c: 256 },
    { wasm: 256, c: 128 },
  ] as const)('finds the memory that WebAssembly leaves, at $wasm bit beside $c', async (widths) => {
    const effort = { pairs: 3, turnMs: 0.1 };
    const problem = createProblem({ qubits: 3, layers: 3, batch: 7 });
    const pairs = await measureLimit(problem, widths, effort, () => performance.now());
    expect(pairs).toHaveLength(3);
    for (const { c, wasm } of pairs) {
      expect(c).toBeGreaterThan(0);
      expect(wasm).toBeGreaterThan(0);
    }
  });
});
