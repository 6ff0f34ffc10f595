import { execFile } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pauli } from '@qloom/quantum/observables/observable.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { assemble, type CompileOptions, planProgram } from '../compile.ts';
import { createHost } from '../host.ts';
import { plainTask } from '../task.ts';
import { createTaskRunner, type TaskRunner } from '../task-runner.ts';
import { type Crew, type CrewOptions, createCrew, ThreadLostError } from './crew.ts';

const fixture = (name: string) => new URL(`./fixtures/${name}.ts`, import.meta.url);

/** Four chunks of a small circuit, for execution by a crew of two threads. */
function createWork(options: CrewOptions = {}) {
  const circuit = buildQnnCircuit({ qubits: 3, layers: 1, ansatz: 'hardware-efficient', inputs: 3 });
  const observables = [pauli('Z', [1])];
  const compileOptions: CompileOptions = { precision: 'float64', registers: 1, fused: false, maxBytes: 2 ** 24 };
  const program = planProgram(circuit, observables, compileOptions);
  const module = new WebAssembly.Module(assemble(program, compileOptions));
  const host = createHost(program, module);
  const runner = createTaskRunner(host);
  const crew = createCrew(2, options);
  const shared = crew.admit({ circuit, observables, options: compileOptions, module });
  const task = plainTask('forward', { sets: 1, rows: 4 * program.chunkRows });
  const arrays = crew.arrays(task, program, host.gradientTerms);
  if (!arrays) throw new TypeError('arrays: a few kilobytes');
  arrays.parameters.fill(0.3);
  arrays.inputs.forEach((_, i) => {
    arrays.inputs[i] = Math.sin(i);
  });
  const execute = (before: () => void = () => {}) => {
    runner.begin(task, arrays);
    const careful: TaskRunner = {
      ...runner,
      run(unit, slot) {
        before();
        runner.run(unit, slot);
      },
    };
    return crew.execute(shared, task, program, careful);
  };
  return { crew, arrays, execute };
}

/** Executes until the threads are ready. */
async function start({ crew, execute }: { crew: Crew; execute: () => Promise<boolean> }): Promise<void> {
  while (crew.ready === 0) {
    await execute();
    await setImmediate();
  }
}

/** Sleeps in short intervals until `isSo`; the calling thread has no other work. */
function waitUntil(isSo: () => boolean): void {
  const word = new Int32Array(new SharedArrayBuffer(4));
  for (let turn = 0; !isSo(); turn++) {
    if (turn === 60_000) throw new Error('no thread has executed anything for a minute');
    Atomics.wait(word, 0, 0, 1);
  }
}

describe('createCrew', () => {
  it('executes units on other threads while the calling thread works', async () => {
    const work = createWork();
    const { crew, arrays, execute } = work;
    await start(work);
    await execute();
    const wanted = arrays.expectations.slice();
    arrays.expectations.fill(Number.NaN);
    // The calling thread starts its unit only after the three others are done.
    let waits = 0;
    const done = execute(() => {
      if (waits++ === 0) waitUntil(() => arrays.expectations.filter(Number.isNaN).length <= wanted.length / 4);
    });
    await expect(done).resolves.toBe(true);
    expect(waits).toBe(1);
    expect(arrays.expectations).toEqual(wanted);
    crew.close();
  });

  it('reports a failed unit, and continues with the next task', async () => {
    const work = createWork();
    await start(work);
    const failed = work.execute(() => {
      throw new RangeError('not this one');
    });
    await expect(failed).resolves.toBe(false);
    await expect(work.execute()).resolves.toBe(true);
    work.crew.close();
  });

  it('throws ThreadLostError when a thread exits during a unit, instead of waiting for it', async () => {
    const { crew, arrays, execute } = createWork({ program: fixture('dying-thread') });
    const lost = (async () => {
      for (;;) {
        await execute();
        await setImmediate();
      }
    })();
    await expect(lost).rejects.toThrow(ThreadLostError);
    await expect(lost).rejects.toThrow(
      'exited with code 3 while it executed a part of a batch; execute the batch again',
    );
    expect(arrays.expectations.length).toBeGreaterThan(0);
    // The next threads are new ones.
    expect(crew.free).toBe(true);
    crew.close();
  });

  it('executes on the calling thread alone if no thread can start', async () => {
    const { crew, execute } = createWork({ program: fixture('stillborn-thread') });
    while (crew.free) {
      await expect(execute()).resolves.toBe(true);
      await setImmediate();
    }
    expect(crew.ready).toBe(0);
    crew.close();
  });

  it('does not keep a process alive after its work', async () => {
    const program = fileURLToPath(fixture('leaves-its-threads'));
    await expect(promisify(execFile)(process.execPath, [program])).resolves.toMatchObject({ stdout: 'done' });
  });
});
