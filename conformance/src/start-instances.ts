import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Thrown when a command that should start the service does not; the message has the end of its output. */
export class StartError extends Error {
  override name = 'StartError';
}

/** Instances of the service that the kit has started. */
export interface StartedInstances {
  readonly targets: readonly string[];
  /** Ends the processes, with those that they have started. */
  stop(): Promise<void>;
}

/** Resolves to whether a server answers at an address within a time. Unit: milliseconds. */
type Answers = (address: string, timeoutMs: number) => Promise<boolean>;

/** Lines of output that a message repeats. */
const SHOWN_LINES = 20;
/** How long a process may take to end by itself. Unit: milliseconds. */
const GRACE_MS = 5_000;
/** Interval in which a starting process is asked. Unit: milliseconds. */
const POLL_MS = 250;

/**
 * Starts a shell command `count` times, each with an address of its own: in place of `{target}` and `{port}`, and in the
 * environment as QLOOM_LISTEN and PORT. Resolves when all of them serve. Throws {@link StartError} if one ends before, or does not
 * serve within `timeoutMs`: `answers` says whether it does.
 */
export async function startInstances(
  command: string,
  count: number,
  timeoutMs: number,
  answers: Answers,
): Promise<StartedInstances> {
  const started: { target: string; child: ChildProcess; output: () => string }[] = [];
  const stop = async () => {
    await Promise.all(started.map(({ child }) => end(child)));
  };
  try {
    for (let i = 0; i < count; i++) {
      const port = await freePort();
      started.push({ target: `127.0.0.1:${port}`, ...run(command, port) });
    }
    await Promise.all(
      started.map(({ target, child, output }) => untilServing(target, child, output, timeoutMs, answers)),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { targets: started.map(({ target }) => target), stop };
}

function run(command: string, port: number): { child: ChildProcess; output: () => string } {
  const target = `127.0.0.1:${port}`;
  const text = command.replaceAll('{target}', target).replaceAll('{port}', String(port));
  const child = spawn(text, {
    shell: true,
    // A process group of its own, so that what the shell has started ends with it.
    detached: true,
    env: { ...process.env, QLOOM_LISTEN: target, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lines: string[] = [];
  const keep = (data: Buffer) => {
    lines = [...lines, ...data.toString().split('\n').filter(Boolean)].slice(-SHOWN_LINES);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return { child, output: () => lines.join('\n') };
}

async function untilServing(
  target: string,
  child: ChildProcess,
  output: () => string,
  timeoutMs: number,
  answers: Answers,
): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (!(await answers(target, POLL_MS))) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (!ended && Date.now() < until) continue;
    const what = ended ? `ended (${child.exitCode ?? child.signalCode})` : `has not served for ${timeoutMs / 1000} s`;
    const right = `a command that serves gRPC at its address, in {target}, {port}, QLOOM_LISTEN or PORT (now ${target})`;
    throw new StartError(`--start: the command ${what}; right would be ${right}\n${output()}`);
  }
}

/** SIGTERM to the group of the process, SIGKILL where that does not end it. */
async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  process.kill(-pid, 'SIGTERM');
  const killing = setTimeout(() => process.kill(-pid, 'SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(killing);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
