import { carryOut } from './check.ts';
import { type CheckThread, createCheckThread } from './check-thread.ts';

const PROGRAM =
  'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float x0;\ninput float t;\nqubit[2] q;\nry(x0 + t) q[0];\n';
/** Uses all the steps that a program may use, which takes much longer than other checks. */
const LONG = `${PROGRAM}for int i in [1:90000] for int j in [1:90000] { }`;

describe('a thread for checks', () => {
  let thread: CheckThread;
  beforeEach(() => {
    thread = createCheckThread();
  });
  afterEach(() => thread.close());

  it('returns the result of the same check on the calling thread', async () => {
    const program = { kind: 'program', qasm: PROGRAM } as const;
    expect(await thread.run(program)).toEqual({ value: { qubits: 2, inputs: 1, parameters: 1 } });
    const wrong = { kind: 'program', qasm: `${PROGRAM}rx(1/0) q[1];` } as const;
    expect(await thread.run(wrong)).toEqual({ refusal: 'program.qasm:7:5: division by zero' });
    const settings = { kind: 'settings', given: { qasm: PROGRAM }, shape: { features: 3, classes: 2 } } as const;
    expect(await thread.run(settings)).toEqual(carryOut(settings));
    expect(await thread.run(settings)).toEqual([
      { field: 'qasm', message: expect.stringContaining('takes 1 features, and the data has 3') },
    ]);
    const observables = { kind: 'observables', texts: ['Z0', '+1*X1'.repeat(4_000)], qubits: 2 } as const;
    expect(await thread.run(observables)).toEqual(carryOut(observables));
  });

  it('does not block the event loop: a short check finishes before an earlier long one', async () => {
    const order: string[] = [];
    const long = thread.run({ kind: 'program', qasm: LONG }).then(() => order.push('long'));
    await new Promise((resolve) => setImmediate(resolve));
    await thread.run({ kind: 'observables', texts: ['Z0'], qubits: 1 }).then(() => order.push('short'));
    await long;
    expect(order).toEqual(['short', 'long']);
  });

  it('stops a running or waiting check when its signal aborts, and continues with the next one', async () => {
    const running = new AbortController();
    const waiting = new AbortController();
    const first = thread.run({ kind: 'program', qasm: LONG }, running.signal);
    const second = thread.run({ kind: 'program', qasm: LONG }, waiting.signal);
    const third = thread.run({ kind: 'program', qasm: PROGRAM });
    waiting.abort(new Error('not now'));
    running.abort(new Error('too late'));
    await expect(second).rejects.toThrow('not now');
    await expect(first).rejects.toThrow('too late');
    expect(await third).toMatchObject({ value: { qubits: 2 } });
    const aborted = thread.run({ kind: 'program', qasm: PROGRAM }, AbortSignal.abort(new Error('before')));
    await expect(aborted).rejects.toThrow('before');
  });

  it('limits the total size of observables, not only that of each', () => {
    const many = carryOut({ kind: 'observables', texts: new Array(20_001).fill('Z0'), qubits: 1 });
    expect(many).toEqual({ refusal: 'more than 20000 terms of observables; at most 20000 are right' });
    const long = carryOut({ kind: 'observables', texts: new Array(20).fill('Z0'.padEnd(60_000)), qubits: 1 });
    expect(long).toEqual({ refusal: '1200000 characters of observables; at most 1048576 are right' });
  });
});
