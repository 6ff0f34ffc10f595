import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import type { Checkout } from './checkout.ts';

/** Exit status and output of a shell text. */
export interface ShellEnd {
  readonly status: number | null;
  readonly stdout: string;
  /** What a terminal shows: stdout, and after it stderr. */
  readonly terminal: string;
}

/** A user's shell in a checkout. Background commands run until the shell is closed. */
export interface Shell {
  /** Runs a bash text in a new shell, which stops at the first command that fails. */
  run(code: string): Promise<ShellEnd>;
  /** Starts one that runs until it is stopped, stops it as Ctrl-C does once it has printed `text`, and waits for its end. */
  runUntil(code: string, text: string): Promise<ShellEnd>;
  /** Stops running commands. */
  close(): Promise<void>;
}

/** Opens a shell in a checkout. */
export function openShell(checkout: Checkout): Shell {
  const groups: number[] = [];
  let files = 0;

  const start = (code: string, stdio: ('pipe' | number)[]): ChildProcess => {
    const options = { cwd: checkout.path, env: checkout.env, detached: true } as const;
    const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', code], { ...options, stdio: ['ignore', ...stdio] });
    if (child.pid !== undefined) groups.push(child.pid);
    return child;
  };

  return {
    run(code) {
      // Files, not pipes: a background command keeps a pipe open, and its shell would never end.
      const paths = ['out', 'err'].map((name) => checkout.file(`tmp/.${name}-${files}`));
      files++;
      const handles = paths.map((path) => openSync(path, 'w'));
      const child = start(code, handles);
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (status) => {
          for (const handle of handles) closeSync(handle);
          const [stdout, stderr] = paths.map((path) => readFileSync(path, 'utf8'));
          resolve({ status, stdout, terminal: stdout + stderr });
        });
      });
    },
    async runUntil(code, text) {
      const child = start(code, ['pipe', 'pipe']);
      const written = { stdout: '', terminal: '' };
      const seen = createSignalBoard<string>();
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        written.stdout += chunk;
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (chunk: string) => {
          written.terminal += chunk;
          seen.post(written.terminal);
        });
      }
      const ended = new Promise<ShellEnd>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (status) => resolve({ status, ...written }));
      });
      await Promise.race([seen.find((terminal) => terminal.includes(text)), ended]);
      if (!written.terminal.includes(text)) throw new Error(`it ended without "${text}":\n${written.terminal}`);
      signal(child.pid, 'SIGINT');
      return ended;
    },
    async close() {
      for (const group of groups) signal(group, 'SIGTERM');
      while (groups.some(isAnyAlive)) await pause(20);
    },
  };
}

/** Sends a signal to a group of processes; false if there is none. */
function signal(group: number | undefined, name: NodeJS.Signals | 0): boolean {
  try {
    return group !== undefined && process.kill(-group, name);
  } catch {
    return false;
  }
}

/** Whether a process of a group runs; those that have ended and wait to be reaped do not. */
function isAnyAlive(group: number): boolean {
  if (!signal(group, 0) || !existsSync('/proc/self/stat')) return signal(group, 0);
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      // pid (name) state parent group …
      const [state, , id] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(id) === group && state !== 'Z';
    } catch {
      return false;
    }
  });
}
