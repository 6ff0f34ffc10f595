import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('./worker-main.ts', import.meta.url));

/** A process that runs `worker-main.ts`. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints. Rejects when it ends without one. */
  next(): Promise<Record<string, unknown>>;
  /** Resolves to its exit code and signal when it ends. */
  readonly exited: Promise<unknown[]>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts `worker-main.ts` under plain Node. */
export function startChild(task: string, url: string, ...rest: string[]): Child {
  const child = spawn(process.execPath, [WORKER, task, url, ...rest], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines: Interface = createInterface(child.stdout);
  const said = lines[Symbol.asyncIterator]();
  return {
    process: child,
    exited,
    async next() {
      const { value, done } = await said.next();
      if (done) throw new Error(`the worker "${task}" ended before it said anything more`);
      return JSON.parse(value);
    },
    async kill() {
      child.kill('SIGKILL');
      child.kill('SIGCONT'); // a stopped process is killed as well, but on some systems its parent is notified only now
      await exited;
      lines.close();
    },
  };
}
