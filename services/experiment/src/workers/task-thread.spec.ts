import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import { gate } from '@qloom/quantum/gates/gate-algebra.ts';
import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import { createTaskThread, type TaskThread } from './task-thread.ts';

const NEVER = new AbortController().signal;
const circuit: Circuit = { qubits: 3, inputs: 0, parameters: [], gates: [gate('h', [0]), gate('cx', [0, 2])] };
const target = {
  qubits: 3,
  basisGates: ['rz', 'sx', 'x', 'cz'],
  coupling: [
    [0, 1],
    [1, 2],
  ] as const,
};

describe('createTaskThread', () => {
  let thread: TaskThread<'transpile'>;
  beforeAll(() => {
    thread = createTaskThread('transpile');
  });
  afterAll(() => thread.close());

  it('translates as the library does, while the event loop goes on', async () => {
    let isDone = false;
    const done = thread.run({ circuit, target }, NEVER).finally(() => {
      isDone = true;
    });
    let turns = 0;
    for (; !isDone; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(await done).toEqual(transpile(circuit, target));
    expect(turns).toBeGreaterThan(1);
  });

  it('says that a circuit does not fit, and goes on with the next', async () => {
    const refused = thread.run({ circuit: { ...circuit, qubits: 9 }, target }, NEVER);
    const next = thread.run({ circuit, target }, NEVER);
    await expect(refused).rejects.toBeInstanceOf(CircuitError);
    expect((await next).gates.length).toBeGreaterThan(0);
  });

  it('ends what is under way when its signal aborts, and starts again', async () => {
    const over = new AbortController();
    const ended = thread.run({ circuit, target }, over.signal);
    over.abort(new Error('over'));
    await expect(ended).rejects.toThrow('over');
    expect((await thread.run({ circuit, target }, NEVER)).gates.length).toBeGreaterThan(0);
  });

  it('does nothing once it is closed', async () => {
    const other = createTaskThread('simulate');
    await other.close();
    await expect(other.run({ executions: [], trajectories: 1, seed: 1 }, NEVER)).rejects.toThrow('is closed');
  });
});
