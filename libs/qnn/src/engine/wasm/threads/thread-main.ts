// A thread of engine `wasm`: waits for tasks and executes their units; each thread has its own memory for every
// circuit.
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { planProgram } from '../compile.ts';
import { createHost } from '../host.ts';
import { arrayLengths, type Task } from '../task.ts';
import { createTaskRunner, type TaskRunner } from '../task-runner.ts';
import { createArenaView } from './arena.ts';
import { openControl } from './control.ts';
import { readTask, type ThreadMessage, type ThreadSettings } from './messages.ts';

/** A circuit in this thread's memory. */
interface Circuit {
  readonly runner: TaskRunner;
  readonly lengthsOf: (task: Task) => ReturnType<typeof arrayLengths>;
}

const settings = workerData as ThreadSettings;
const control = openControl(settings.control);
const circuits = new Map<number, Circuit>();
const arraysOf = createArenaView();
let arena: { id: number; buffer: SharedArrayBuffer } | null = null;

/** Reads pending messages. A circuit for which this machine has no memory is left to the other threads. */
function readMessages(): void {
  for (;;) {
    const received = receiveMessageOnPort(settings.port) as { message: ThreadMessage } | undefined;
    if (!received) return;
    const { message } = received;
    if (message.kind === 'arena') arena = message;
    else if (message.kind === 'close') circuits.delete(message.id);
    else {
      const { id, circuit, observables, options, module } = message.circuit;
      try {
        const program = planProgram(circuit, observables, options);
        const host = createHost(program, module);
        const lengthsOf = (task: Task) => arrayLengths(task, program, host.gradientTerms);
        circuits.set(id, { runner: createTaskRunner(host), lengthsOf });
      } catch {}
    }
  }
}

/** Executes units of the open task while there are any. */
function work(): void {
  const posted = readTask(control.header);
  const circuit = circuits.get(posted.circuit);
  if (!circuit || arena?.id !== posted.arena) return;
  const { runner, lengthsOf } = circuit;
  runner.begin(posted.task, arraysOf(arena.buffer, lengthsOf(posted.task)));
  for (let unit = control.take(); unit >= 0; unit = control.take()) runner.run(unit, unit);
}

control.ready();
for (let seen = 0; ; ) {
  control.waitForTask(seen);
  seen = control.opened;
  readMessages();
  if (!control.join()) continue;
  try {
    work();
  } catch {
    // The caller repeats the task on its own thread, where the error is thrown.
    control.fail();
  } finally {
    control.leave();
  }
}
