import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Cell } from '../cells.ts';
import { type Contender, ContenderError, type FirstResult } from './contender.ts';

/** A program that speaks the protocol of peers/protocol.py. */
export interface PeerProgram {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Variables of its environment beside ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** The command that installs what it needs. */
  readonly install: string;
}

/** Thrown when a dependency of a peer is not installed. The message has the command that installs it. */
export class PeerMissingError extends Error {
  override name = 'PeerMissingError';
  readonly code = 'unavailable';
}

interface Description {
  readonly versions: Readonly<Record<string, string>>;
  readonly setting: string;
  readonly gradients: boolean;
  readonly batched: boolean;
  readonly oneSize: boolean;
  readonly loopRows: number;
  /** Amplitudes of a batch at most, where that is another number than a processor's: a GPU needs more to be busy. */
  readonly mostAmplitudes?: number;
}

/** How long a peer may take. Compilation is in the second. */
const LIMIT_MS = { describe: 60_000, prepare: 120_000, time: 60_000 };
export type PeerLimits = typeof LIMIT_MS;

/** Amplitudes of a batch at most: automatic differentiation keeps some hundred states, 8 bytes an amplitude each. */
const MOST_AMPLITUDES = 2 ** 18;
/**
 * Amplitudes of the single batch of a peer with a long compilation: the overhead of a call is relatively small, and a
 * state fits in a core's cache.
 */
const ONE_SIZE_AMPLITUDES = 2 ** 16;
/** Rows of that batch at most: the largest batch of the table. */
const ONE_SIZE_ROWS = 1024;

/** Pattern of errors for a missing module or interpreter. */
const MISSING = /ModuleNotFoundError|No module named|MODULE_NOT_FOUND|ENOENT/;

/**
 * Starts a peer. Throws {@link PeerMissingError}, and {@link ContenderError} if it ends or does not answer in time. One
 * that ends later has failed in that cell, and is started again for the next.
 */
export async function startPeer(program: PeerProgram, limits: PeerLimits = LIMIT_MS): Promise<Contender> {
  const start = async () => {
    const channel = openChannel(program);
    try {
      return { channel, description: await channel.ask<Description>({ op: 'describe' }, limits.describe) };
    } catch (error) {
      await channel.close();
      if (!MISSING.test(channel.complaints())) throw error;
      throw new PeerMissingError(`not installed: ${program.install}`);
    }
  };
  const { description, ...first } = await start();
  let { channel } = first;
  // Batches of different sizes may come down to the same rows: what is compiled is compiled once.
  let prepared: { message: string; result: FirstResult } | undefined;
  const versions = Object.entries(description.versions).map(([name, version]) => `${name} ${version}`);
  const rows = ({ qubits, batch }: Cell) => {
    if (!description.batched) return Math.min(batch, description.loopRows);
    if (description.oneSize) return Math.min(ONE_SIZE_ROWS, ONE_SIZE_AMPLITUDES / 2 ** qubits);
    return Math.min(batch, (description.mostAmplitudes ?? MOST_AMPLITUDES) / 2 ** qubits);
  };
  return {
    name: program.name,
    ours: false,
    about: `${versions.join(', ')}: ${description.setting}`,
    gradients: description.gradients,
    rows,
    async prepare({ qubits, layers, batch: rows, parameters, inputs, targets }) {
      const data = { parameters: [...parameters], inputs: [...inputs], targets: [...targets] };
      const message = { op: 'prepare', qubits, layers, rows, ...data };
      const key = JSON.stringify(message);
      if (channel.isOver()) {
        prepared = undefined;
        ({ channel } = await start());
      }
      if (prepared?.message === key) return prepared.result;
      prepared = undefined;
      const result = await channel.ask<FirstResult>(message, limits.prepare);
      prepared = { message: key, result };
      return result;
    },
    time: async (_, seconds, most) =>
      (await channel.ask<{ ms: number[] }>({ op: 'time', seconds, most }, limits.time)).ms,
    close: () => channel.close(),
  };
}

interface Channel {
  /** Sends a message and resolves to its answer. Throws ContenderError; a peer that is late is ended. */
  ask<T>(message: object, limitMs: number): Promise<T>;
  /** Whether it has ended. */
  isOver(): boolean;
  /** The end of what it wrote to stderr. */
  complaints(): string;
  close(): Promise<void>;
}

function openChannel({ name, file, args, env }: PeerProgram): Channel {
  const child = spawn(file, [...args], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let complaints = '';
  let over: string | undefined;
  let waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const end = (why: string) => {
    over ??= why;
    waiting?.reject(new ContenderError(over));
    waiting = undefined;
  };
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      complaints += error.message;
      end(`${name} did not start: ${error.message}`);
      resolve();
    });
    child.on('close', (code, signal) => {
      const [last = 'without a word'] = complaints.trim().split('\n').slice(-1);
      end(`${name} ended (${signal ?? code}): ${last}`);
      resolve();
    });
  });
  // The peer ended before it read the message; its exit has the reason.
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    waiting?.resolve(line);
    waiting = undefined;
  });
  return {
    isOver: () => over !== undefined,
    complaints: () => complaints,
    async ask<T>(message: object, limitMs: number): Promise<T> {
      if (over !== undefined) throw new ContenderError(over);
      const late = setTimeout(() => {
        end(`${name} did not answer within ${limitMs / 1000} s`);
        child.kill('SIGKILL');
      }, limitMs);
      try {
        const line = await new Promise<string>((resolve, reject) => {
          waiting = { resolve, reject };
          child.stdin.write(`${JSON.stringify(message)}\n`);
        });
        return readAnswer<T>(name, line);
      } finally {
        clearTimeout(late);
      }
    },
    async close() {
      child.stdin.end();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function readAnswer<T>(name: string, line: string): T {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch {
    throw new ContenderError(`${name} answered '${line.slice(0, 80)}', which is not JSON`);
  }
  if (typeof answer !== 'object' || answer === null) throw new ContenderError(`${name} answered ${line.slice(0, 80)}`);
  if ('error' in answer) throw new ContenderError(`${name}: ${String(answer.error)}`);
  return answer as T;
}
