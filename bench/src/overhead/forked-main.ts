import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { V8_FLAGS } from './services.ts';

/** A program of this folder in its own process, started as the supervisor starts a service. */
export interface ForkedMain {
  /** The first line of its output: its address. */
  readonly line: string;
  /** Sends a message and resolves to the next one that comes back. */
  ask(message: unknown): Promise<unknown>;
  /** Disconnects from it, so that it ends, and waits for its end. */
  stop(): Promise<void>;
}

/** Starts a program and waits for its first line. Rejects if it ends before. */
export async function forkMain(program: URL, args: readonly string[]): Promise<ForkedMain> {
  const main = fileURLToPath(program);
  const child: ChildProcess = fork(main, [...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [...V8_FLAGS],
  });
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(child.stdout!, 'data'),
    ended.then(([code]) => Promise.reject(new Error(`${main} ended (${code}) before it was ready`))),
  ]);
  return {
    line: String(line).trim(),
    async ask(message) {
      const answer = once(child, 'message');
      child.send(message as object);
      return (await answer)[0];
    },
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
