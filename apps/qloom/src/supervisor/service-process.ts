import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../command/errors.ts';
import { systemReason } from '../command/system-error.ts';
import { type BackoffOptions, backoffMs } from './backoff.ts';
import { readableLogLine, tailOf } from './log-tail.ts';

/** A program that serves gRPC. */
export interface ServiceProgram {
  /** Display name, such as `generator`. */
  readonly name: string;
  /** Absolute path of its main. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  /** File to which its output is appended. */
  readonly logPath: string;
  /** Resolves when it serves; rejects or never resolves while it does not. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
}

/** Events of a service. */
export type ServiceEvent =
  | { readonly kind: 'ready'; readonly service: string; readonly pid: number; readonly restarts: number }
  /** It runs, and a dependency fails temporarily, with the reason. */
  | { readonly kind: 'waiting'; readonly service: string; readonly reason: string }
  | { readonly kind: 'crashed'; readonly service: string; readonly how: string; readonly againInMs: number };

/** Options of the supervision of a service. Times in milliseconds. */
export interface SuperviseOptions {
  readonly onEvent?: (event: ServiceEvent) => void;
  readonly backoff?: BackoffOptions;
  /** A start that takes longer counts as a crash. Default 60,000. */
  readonly readyTimeoutMs?: number;
  /** Crashes in a row without ever being ready after which it is given up. Default 3. */
  readonly startAttempts?: number;
  /** A service that was ready for so long starts with a crash count of 0. Default 30,000. */
  readonly healthyAfterMs?: number;
}

/** Thrown when a service cannot be started; the message ends with the tail of its log. */
class ServiceStartError extends CommandError {
  override readonly name: string = 'ServiceStartError';
}

/** A service that is kept running until it is stopped. */
export interface SupervisedService {
  readonly name: string;
  /** Resolves when it serves for the first time; rejects with {@link ServiceStartError}. */
  readonly started: Promise<void>;
  /** Rejects when it is given up later on; never resolves. */
  readonly givenUp: Promise<never>;
  /** Process id, while there is one. */
  pid(): number | undefined;
  /** SIGTERM, and SIGKILL to what is left after `graceMs`. Resolves when no process is left. May be called twice. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a program and starts it again, with backoff, whenever it ends. */
export function superviseService(program: ServiceProgram, options: SuperviseOptions = {}): SupervisedService {
  const backoff = options.backoff ?? { firstMs: 100, maximumMs: 5_000 };
  const startAttempts = options.startAttempts ?? 3;
  const stopping = new AbortController();
  const started = Promise.withResolvers<void>();
  const givenUp = Promise.withResolvers<never>();
  let child: ChildProcess | undefined;
  let restarts = 0;
  let crashes = 0;
  let everReady = false;

  const giveUp = (how: string): void => {
    const error = new ServiceStartError(startErrorMessage(program, how, crashes));
    started.reject(error);
    givenUp.reject(error);
  };

  const loop = async (): Promise<void> => {
    let deadStarts = 0;
    while (!stopping.signal.aborted) {
      const life = await live(program, options.readyTimeoutMs ?? 60_000, stopping.signal, {
        onSpawn: (spawned) => (child = spawned),
        onReady: (pid) => {
          deadStarts = 0;
          everReady = true;
          started.resolve();
          options.onEvent?.({ kind: 'ready', service: program.name, pid, restarts });
        },
      });
      child = undefined;
      if (stopping.signal.aborted) return;
      crashes = life.readyMs >= (options.healthyAfterMs ?? 30_000) ? 1 : crashes + 1;
      const hopeless = life.exitCode === BAD_CONFIG;
      if (life.readyMs === 0 && (++deadStarts >= startAttempts || hopeless)) return giveUp(life.how);
      const againInMs = backoffMs(crashes, backoff);
      options.onEvent?.({ kind: 'crashed', service: program.name, how: life.how, againInMs });
      await sleep(againInMs, undefined, { signal: stopping.signal }).catch(() => {});
      restarts++;
    }
  };
  started.promise.catch(() => {});
  givenUp.promise.catch(() => {});
  const ended = loop();
  return {
    name: program.name,
    started: started.promise,
    givenUp: givenUp.promise,
    pid: () => child?.pid,
    async stop(graceMs) {
      stopping.abort();
      if (!everReady) started.reject(new ServiceStartError(`${program.name} was stopped before it was ready`));
      const running = child;
      signalGroup(running, 'SIGTERM');
      const killer = setTimeout(() => signalGroup(running, 'SIGKILL'), graceMs);
      await ended;
      clearTimeout(killer);
      // What a service leaves in its own process group goes with it.
      signalGroup(running, 'SIGKILL');
    },
  };
}

/** Tensors live outside V8's heap; a large young generation only holds memory back. V8 reads it at the start alone. */
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=8';

/** A service's exit code for a wrong environment: another try would end the same way. */
const BAD_CONFIG = 2;

interface Life {
  /** How it ended, for people. */
  readonly how: string;
  /** How long it was ready; 0: never. */
  readonly readyMs: number;
  /** Absent where a signal ended it. */
  readonly exitCode?: number;
}

/** One life of a program, from its start to its end. */
async function live(
  program: ServiceProgram,
  readyTimeoutMs: number,
  stopping: AbortSignal,
  on: { onSpawn(child: ChildProcess): void; onReady(pid: number): void },
): Promise<Life> {
  let log: number;
  try {
    log = openSync(program.logPath, 'a');
  } catch (error) {
    const how = `its log cannot be opened: ${systemReason(error) ?? (error as Error).message}`;
    return { how, readyMs: 0, exitCode: BAD_CONFIG };
  }
  // A group of its own: a Ctrl-C in the terminal reaches the supervisor alone, which ends all in order.
  const child = spawn(process.execPath, [SMALL_YOUNG_GENERATION, program.main], {
    env: { ...process.env, ...program.env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const over = Promise.withResolvers<string>();
  child.once('error', (error) => over.resolve(`could not be started: ${error.message}`));
  child.once('exit', (code, signal) => over.resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  on.onSpawn(child);
  const dead = new AbortController();
  const timeout = AbortSignal.timeout(readyTimeoutMs);
  const signal = AbortSignal.any([dead.signal, stopping, timeout]);
  let readyAtMs = 0;
  const becomeReady = program.ready(signal).then(
    () => {
      if (signal.aborted) return;
      readyAtMs = performance.now();
      on.onReady(child.pid ?? 0);
    },
    () => {},
  );
  timeout.addEventListener('abort', () => {
    if (readyAtMs === 0) signalGroup(child, 'SIGKILL');
  });
  const how = await over.promise;
  const timedOut = readyAtMs === 0 && timeout.aborted;
  const readyMs = readyAtMs === 0 ? 0 : Math.max(1, performance.now() - readyAtMs);
  dead.abort();
  await becomeReady;
  return {
    how: timedOut ? `not ready after ${readyTimeoutMs / 1000} s` : how,
    readyMs,
    exitCode: child.exitCode ?? undefined,
  };
}

/** Signals a child and its process group; nothing when it is gone. */
function signalGroup(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}

function startErrorMessage(program: ServiceProgram, how: string, crashes: number): string {
  const tail = tailOf(program.logPath, 12).map((line) => `  ${readableLogLine(line)}`);
  return [
    `${program.name} ended ${crashes === 1 ? 'once' : `${crashes} times`} without serving (${how}). The end of its log, ${program.logPath}:`,
    ...(tail.length > 0 ? tail : ['  (it is empty)']),
  ].join('\n');
}
