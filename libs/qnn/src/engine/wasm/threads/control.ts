/**
 * Synchronization of threads on a task: five words and a task's description in shared memory.
 *
 * A task is open from {@link Control.open} to {@link Control.close}. Threads that are awake join it, take units by
 * incrementing one word, and leave. The caller closes it when no unit is left, and waits only for the threads that have
 * joined: a thread that wakes too late finds the task closed and does not delay the others.
 */
export interface Control {
  /** The shared memory, to be passed to threads. */
  readonly buffer: SharedArrayBuffer;
  /** The open task's description. Written while no task is open, read by threads that have joined. */
  readonly header: Float64Array;
  /** Opens a task of `units` units and wakes up to `most` threads. */
  open(units: number, most: number): void;
  /** Takes the next unit; −1 if none is left or one has failed. */
  take(): number;
  /** Records that a unit failed; no further unit is taken. */
  fail(): void;
  /** Whether a unit failed. */
  readonly failed: boolean;
  /** Closes the task: no more threads join. */
  close(): void;
  /** Waits up to `ms` milliseconds for the joined threads to leave; returns whether all have left. */
  waitForAll(ms: number): boolean;
  /** Number of tasks opened so far, to wait for the next one. */
  readonly opened: number;
  /** Waits until more tasks have been opened than `seen`. */
  waitForTask(seen: number): void;
  /** Joins the open task; false if it is closed. A thread that has joined must leave. */
  join(): boolean;
  leave(): void;
  /** Marks this thread as ready; called once. */
  ready(): void;
  /** Number of threads that are ready. */
  readonly readyThreads: number;
}

const HEADER_NUMBERS = 16;
const [OPENED, NEXT, UNITS, FAILED, MEMBERS, READY] = [0, 1, 2, 3, 4, 5];
const WORDS = 16;
/**
 * Number of polls of a word before a thread sleeps: about 50 µs, the time that a processor takes to wake. Hence a loop
 * of steps keeps its threads awake, and threads without work sleep.
 */
const LOOKS = 2 ** 12;
/** A bit of MEMBERS; the lower bits count the joined threads. */
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
