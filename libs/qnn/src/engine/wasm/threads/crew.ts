import { setImmediate } from 'node:timers/promises';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Program } from '../compile.ts';
import { arrayLengths, type Task, type TaskArrays, unitsOf } from '../task.ts';
import type { TaskRunner } from '../task-runner.ts';
import { arenaBytes, createArenaView } from './arena.ts';
import { type Control, createControlBuffer, openControl } from './control.ts';
import { type SharedCircuit, type ThreadMessage, writeTask } from './messages.ts';
import { LEAST_WORK } from './worth.ts';

/** Thrown when a thread of the engine exited while it executed a part of a batch. The batch can be executed again. */
export class ThreadLostError extends Error {
  override name = 'ThreadLostError';
  readonly code = 'unavailable';
}

/** Threads that execute units of tasks together with the calling thread. */
export interface Crew {
  /** Number of threads, including the calling thread. */
  readonly threads: number;
  /** Minimum work of a task to be shared; see worth.ts. */
  readonly leastWork: number;
  /** Number of ready threads, without the calling thread. */
  readonly ready: number;
  /** Whether a task can be executed now: none is open, and threads can be started here. */
  readonly free: boolean;
  /** Registers a compiled circuit for the execution of tasks. */
  admit(circuit: Omit<SharedCircuit, 'id'>): SharedCircuit;
  /** Arrays of a task in shared memory, valid until the next call; null if they would take too much memory. */
  arrays(task: Task, program: Program, gradientTerms: number): TaskArrays | null;
  /**
   * Executes a task whose arrays have been filled, on the calling thread by `runner`, which has begun it, and on the
   * threads that are awake; false if a unit failed. The threads start with the first task and participate as soon as
   * they are ready. Throws {@link ThreadLostError}.
   */
  execute(circuit: SharedCircuit, task: Task, program: Program, runner: TaskRunner): Promise<boolean>;
  /** Terminates the threads; they start again with the next task. */
  close(): void;
}

/** Time that the calling thread waits for the others before it processes events. Unit: milliseconds. */
const LOOK_MS = 20;
/**
 * Maximum size of the circuits that threads keep in memory: the latest ones within this limit, and always the latest
 * one.
 */
const KEPT_BYTES = 2 ** 28;

/** Maximum size of the shared arrays of a task, in addition to the caller's arrays. */
const MOST_ARENA_BYTES = 2 ** 28;

/** The threads of one start. */
interface Gang {
  readonly control: Control;
  readonly members: readonly { readonly worker: Worker; readonly port: MessagePort }[];
  /** Ids of the circuits that the threads have, the latest last, with the size of each in bytes. */
  readonly known: Map<number, number>;
  arena: number;
  lost: ThreadLostError | null;
}

/** Settings of {@link createCrew}. */
export interface CrewOptions {
  /** Default: that of worth.ts. */
  readonly leastWork?: number;
  /** The program of a thread. Default: thread-main.ts. */
  readonly program?: URL;
}

/** Prepares `threads` − 1 threads, which are started on demand. */
export function createCrew(threads: number, options: CrewOptions = {}): Crew {
  const { leastWork = LEAST_WORK, program = new URL('./thread-main.ts', import.meta.url) } = options;
  let gang: Gang | null = null;
  let arena = { id: 0, buffer: new SharedArrayBuffer(0) };
  const arraysOf = createArenaView();
  let circuits = 0;
  let busy = false;
  let hopeless = false;

  const current = (): Gang => {
    gang ??= startGang(threads - 1, program);
    return gang;
  };
  const disband = () => {
    // Threads that exited before any was ready would do so again.
    if (gang?.lost && gang.control.readyThreads === 0) hopeless = true;
    for (const { worker } of gang?.members ?? []) void worker.terminate();
    gang = null;
  };

  return {
    threads,
    leastWork,
    get ready() {
      return gang?.control.readyThreads ?? 0;
    },
    get free() {
      if (gang?.lost) disband();
      return !busy && !hopeless;
    },
    admit(circuit) {
      circuits += 1;
      return { ...circuit, id: circuits };
    },
    arrays(task, program, gradientTerms) {
      const lengths = arrayLengths(task, program, gradientTerms);
      const bytes = arenaBytes(lengths);
      if (bytes > MOST_ARENA_BYTES) return null;
      if (arena.buffer.byteLength < bytes) {
        arena = { id: arena.id + 1, buffer: new SharedArrayBuffer(2 ** Math.ceil(Math.log2(bytes))) };
      }
      return arraysOf(arena.buffer, lengths);
    },
    async execute(circuit, task, program, runner) {
      const here = current();
      busy = true;
      try {
        equip(here, circuit, program.memory.bytes, arena);
        writeTask(here.control.header, { circuit: circuit.id, arena: arena.id, task });
        return await together(here, unitsOf(task, program), runner);
      } finally {
        busy = false;
        if (here.lost) disband();
      }
    },
    close: disband,
  };
}

/** Sends the circuit and the arena of the next task to the threads, unless they already have them. */
function equip(
  gang: Gang,
  circuit: SharedCircuit,
  bytes: number,
  arena: { id: number; buffer: SharedArrayBuffer },
): void {
  const { known, members } = gang;
  const post = (message: ThreadMessage) => {
    for (const { port } of members) port.postMessage(message);
  };
  if (!known.delete(circuit.id)) post({ kind: 'open', circuit });
  known.set(circuit.id, bytes);
  let total = [...known.values()].reduce((sum, some) => sum + some, 0);
  for (const [id, some] of known) {
    if (total <= KEPT_BYTES || id === circuit.id) break;
    known.delete(id);
    total -= some;
    post({ kind: 'close', id });
  }
  if (gang.arena !== arena.id) post({ kind: 'arena', ...arena });
  gang.arena = arena.id;
}

/** Opens a task, works on it, and waits for the threads that have joined; returns whether every unit was executed. */
async function together(gang: Gang, units: number, runner: TaskRunner): Promise<boolean> {
  const { control, members } = gang;
  control.open(units, Math.min(members.length, units - 1));
  try {
    for (let unit = control.take(); unit >= 0; unit = control.take()) runner.run(unit, unit);
  } catch {
    control.fail();
  }
  control.close();
  while (!control.waitForAll(LOOK_MS)) {
    // A turn of the event loop, in which the exit of a thread is noticed.
    await setImmediate();
    if (gang.lost) throw gang.lost;
  }
  return !control.failed;
}

function startGang(count: number, program: URL): Gang {
  const control = openControl(createControlBuffer());
  const members = Array.from({ length: count }, () => {
    const { port1: port, port2 } = new MessageChannel();
    const worker = new Worker(program, {
      name: 'qnn-wasm',
      workerData: { control: control.buffer, port: port2 },
      transferList: [port2],
    });
    const lose = (what: string) => {
      gang.lost ??= new ThreadLostError(
        `wasm: a thread of the engine ${what} while it executed a part of a batch; execute the batch again`,
      );
    };
    worker.on('error', (error) => lose(`failed (${error instanceof Error ? error.message : error})`));
    worker.on('exit', (code) => lose(`exited with code ${code}`));
    // Idle threads do not keep the process alive.
    worker.unref();
    port.unref();
    return { worker, port };
  });
  const gang: Gang = { control, members, known: new Map(), arena: 0, lost: null };
  return gang;
}
