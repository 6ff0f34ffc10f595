import type { Problem } from '../problem.ts';
import { type Contender, timeCalls } from './contender.ts';
import { naiveForward, naiveStep } from './naive.ts';

/** Rows that it is given: it goes row by row. */
const ROWS = 16;

/** Naive JavaScript, in this process. `nowMs` is a monotonic clock. */
export function createNaiveContender(nowMs: () => number): Contender {
  let prepared: Problem | undefined;
  return {
    name: 'naive JavaScript',
    ours: false,
    about: `a loop over the state for each gate, float64, row by row, Node ${process.versions.node}`,
    gradients: true,
    rows: ({ batch }) => Math.min(batch, ROWS),
    async prepare(problem) {
      const begin = nowMs();
      const { expectations, gradient } = naiveStep(problem);
      prepared = problem;
      return { firstMs: nowMs() - begin, expectations: expectations.subarray(0, problem.qubits), gradient, note: '' };
    },
    async time(work, seconds, most) {
      if (prepared === undefined) throw new TypeError('naive JavaScript: time comes after prepare');
      const problem = prepared;
      return timeCalls(() => (work === 'step' ? naiveStep : naiveForward)(problem), seconds, most, nowMs);
    },
    close: async () => {},
  };
}
