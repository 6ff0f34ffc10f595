import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createSignalBoard } from './signal-board.ts';

/** The line that a service writes to stdout when it is ready. */
interface ReadyLine {
  readonly service: string;
  readonly target: string;
  readonly pid: number;
}

/** How a process ended. */
interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A main that runs as a process of its own. */
export interface SpawnedMain {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Rejects, with what it wrote to stderr, when the process ends before it is ready. */
  readonly ready: Promise<ReadyLine>;
  readonly ended: Promise<ProcessEnd>;
  /** Lines of stderr, parsed where they are JSON. */
  readonly logged: readonly Record<string, unknown>[];
  /** The first log line, past or future, with that message. */
  line(message: string): Promise<Record<string, unknown>>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<ProcessEnd>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<ProcessEnd>;
}

/**
 * Starts `file` (a .ts main) under the Node that runs the test, with `env` on top of a minimal environment, watching
 * this process so that no test leaves an orphan.
 */
export function spawnMain(
  file: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): SpawnedMain {
  return spawnProgram(process.execPath, [file, ...args], { env });
}

/** Starts any program that writes a ready line and ends on SIGTERM, as {@link spawnMain} does; `cwd` is its folder. */
export function spawnProgram(
  program: string,
  args: readonly string[],
  { env = {}, cwd }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
): SpawnedMain {
  const { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, QLOOM_PARENT_PID: String(process.pid), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logged = createSignalBoard<Record<string, unknown>>();
  const ready = Promise.withResolvers<ReadyLine>();
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('close', (code, signal) => {
      ready.reject(
        new Error(
          `${[program, ...args].join(' ')} ended (${code ?? signal}) before it was ready:\n${logged.all.map((l) => JSON.stringify(l)).join('\n')}`,
        ),
      );
      resolve({ code, signal });
    });
  });
  ready.promise.catch(() => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const parsed = parse(line);
    if (parsed['ready'] === true) ready.resolve(parsed as unknown as ReadyLine);
  });
  createInterface({ input: child.stderr }).on('line', (line) => logged.post(parse(line)));
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return {
    process: child,
    pid: child.pid ?? -1,
    ready: ready.promise,
    ended,
    logged: logged.all,
    line: (message) => logged.find((line) => line['message'] === message),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { message: line };
  }
}
