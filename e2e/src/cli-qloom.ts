import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';

const BIN = fileURLToPath(new URL('../../apps/qloom/bin/qloom.mjs', import.meta.url));

/** Exit status and output of a command. */
export interface QloomEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface RunningQloom {
  readonly ended: Promise<QloomEnd>;
  /** The first line of stderr, past or future, that matches; rejects when the command ends without one. */
  said(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** A working folder with its own folder for temporary files, so that files left behind are detected. */
export interface Workplace {
  readonly path: string;
  file(name: string): string;
  write(name: string, text: string): void;
  /** Starts the real command, in this folder. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): RunningQloom;
  /** Runs it to its end. */
  qloom(...args: readonly string[]): Promise<QloomEnd>;
  /** Names of the files in the temporary folder. */
  leftovers(): string[];
  /** Kills running commands and removes everything. */
  remove(): Promise<void>;
}

/** Creates an empty working folder. */
export async function createWorkplace(): Promise<Workplace> {
  const folder = await createTempFolder();
  const temporary = folder.file('t');
  mkdirSync(temporary);
  const running = new Map<ChildProcess, Promise<QloomEnd>>();

  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningQloom => {
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: folder.path,
      env: { PATH, HOME, TMPDIR: temporary, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines = createSignalBoard<string>();
    const written = { stdout: '', stderr: '' };
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written.stderr += text;
      const complete = (rest + text).split('\n');
      rest = complete.pop() ?? '';
      for (const line of complete) lines.post(line);
    });
    const ended = new Promise<QloomEnd>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        running.delete(child);
        resolve({ code, signal, ...written });
      });
    });
    running.set(child, ended);
    const endsUnsaid = (pattern: RegExp): Promise<never> =>
      ended.then(({ code, signal, stderr }) => {
        throw new Error(`qloom ${args.join(' ')} ended (${code ?? signal}) and never said ${pattern}:\n${stderr}`);
      });
    return {
      ended,
      said: (pattern) => Promise.race([lines.find((line) => pattern.test(line)), endsUnsaid(pattern)]),
      kill: (signal) => void child.kill(signal),
    };
  };

  return {
    path: folder.path,
    file: folder.file,
    write: (name, text) => writeFileSync(folder.file(name), text),
    start,
    qloom: (...args) => start(args).ended,
    leftovers: () => readdirSync(temporary),
    async remove() {
      for (const child of running.keys()) child.kill('SIGKILL');
      await Promise.all(running.values());
      await folder.remove();
    },
  };
}
