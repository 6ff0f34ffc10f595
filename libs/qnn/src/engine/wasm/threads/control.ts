/**
 * How threads agree on a task: five words and a task's description in memory that all of them see.
 *
 * A task is open from {@link Control.open} to {@link Control.close}. Threads that are awake join it, take units by counting one word up,
 * and leave. The caller closes it when no unit is left, and waits for those alone that have joined: a thread that the
 * machine wakes too late finds the task closed, and holds nobody up.
 */
export interface Control {
  /** Everything, to be handed to threads. */
  readonly buffer: SharedArrayBuffer;
  /** The open task's description. Written while no task is open, read by those who have joined. */
  readonly header: Float64Array;
  /** Opens a task of `units` units and wakes up to `most` threads. */
  open(units: number, most: number): void;
  /** The next unit that nobody has taken; −1 where none is left or one has failed. */
  take(): number;
  /** Says that a unit could not be done; no further one is taken. */
  fail(): void;
  /** Whether a unit could not be done. */
  readonly failed: boolean;
  /** Closes the task: nobody joins any more. */
  close(): void;
  /** Waits up to `ms` milliseconds for those who have joined to leave; whether all have. */
  waitForAll(ms: number): boolean;
  /** The number of tasks that have been opened, to wait for the next. */
  readonly opened: number;
  /** Waits until more tasks have been opened than `seen`. */
  waitForTask(seen: number): void;
  /** Joins the open task; false where it is closed. Whoever joined leaves. */
  join(): boolean;
  leave(): void;
  /** Says that this thread is ready, once. */
  ready(): void;
  /** How many threads are ready. */
  readonly readyThreads: number;
}

const HEADER_NUMBERS = 16;
const [OPENED, NEXT, UNITS, FAILED, MEMBERS, READY] = [0, 1, 2, 3, 4, 5];
const WORDS = 16;
/**
 * Looks at a word before a thread sleeps: some 50 µs, which is what a processor takes to wake. So a loop of steps keeps its threads
 * awake, and threads without work sleep.
 */
const LOOKS = 2 ** 12;
/** A bit of MEMBERS; those below count who has joined. */
const CLOSED = 1 << 30;

/** The memory of {@link openControl}, closed. */
export function createControlBuffer(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(4 * WORDS + 8 * HEADER_NUMBERS);
  new Int32Array(buffer, 0, WORDS)[MEMBERS] = CLOSED;
  return buffer;
}

/** The caller's and the threads' view of one memory. */
export function openControl(buffer: SharedArrayBuffer): Control {
  const words = new Int32Array(buffer, 0, WORDS);
  const leave = () => {
    if (Atomics.sub(words, MEMBERS, 1) === CLOSED + 1) Atomics.notify(words, MEMBERS);
  };
  return {
    buffer,
    header: new Float64Array(buffer, 4 * WORDS, HEADER_NUMBERS),
    open(units, most) {
      Atomics.store(words, NEXT, 0);
      Atomics.store(words, UNITS, units);
      Atomics.store(words, FAILED, 0);
      Atomics.and(words, MEMBERS, ~CLOSED);
      Atomics.add(words, OPENED, 1);
      Atomics.notify(words, OPENED, most);
    },
    take() {
      if (Atomics.load(words, FAILED) !== 0) return -1;
      const unit = Atomics.add(words, NEXT, 1);
      return unit < Atomics.load(words, UNITS) ? unit : -1;
    },
    fail() {
      Atomics.store(words, FAILED, 1);
    },
    get failed() {
      return Atomics.load(words, FAILED) !== 0;
    },
    close() {
      Atomics.or(words, MEMBERS, CLOSED);
    },
    waitForAll(ms) {
      for (let look = 0; look < LOOKS; look++) if (Atomics.load(words, MEMBERS) === CLOSED) return true;
      const members = Atomics.load(words, MEMBERS);
      if (members === CLOSED) return true;
      Atomics.wait(words, MEMBERS, members, ms);
      return Atomics.load(words, MEMBERS) === CLOSED;
    },
    get opened() {
      return Atomics.load(words, OPENED);
    },
    waitForTask(seen) {
      for (let look = 0; look < LOOKS; look++) if (Atomics.load(words, OPENED) !== seen) return;
      Atomics.wait(words, OPENED, seen);
    },
    join() {
      if ((Atomics.add(words, MEMBERS, 1) & CLOSED) === 0) return true;
      leave();
      return false;
    },
    leave,
    ready() {
      Atomics.add(words, READY, 1);
    },
    get readyThreads() {
      return Atomics.load(words, READY);
    },
  };
}
