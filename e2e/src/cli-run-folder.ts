import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { timeless } from './watch-study.ts';

/** Values of a result that depend on clocks and on the speed of the machine. */
const TIMED = new Set(['seconds', 'createdAt', 'finishedAt']);

/** A line of `events.jsonl`. */
export interface KeptEvent {
  readonly sequence: number;
  readonly episode?: number;
  readonly slot: string;
  readonly content: unknown;
}

/** Objects of a file of JSON lines. */
export function readLines<T>(path: string): T[] {
  const text = readFileSync(path, 'utf8');
  if (text !== '' && !text.endsWith('\n')) throw new Error(`${path} ends in half a line`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** `study.json` of a run folder. */
export function readRecord(folder: string): { readonly state: string; readonly result?: Record<string, unknown> } {
  return JSON.parse(readFileSync(join(folder, 'study.json'), 'utf8'));
}

/** The outcome of a run without times: its result, every slot of every episode, and the synthetic points. */
export function outcomeOf(folder: string): unknown {
  const { state, result } = readRecord(folder);
  const slots = readLines<KeptEvent>(join(folder, 'events.jsonl'))
    .filter(({ episode }) => episode !== undefined)
    .map(({ episode, slot, content }) => [`${episode}/${slot}`, timeless(SlotEvent.fromJSON(content))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const synthetic = join(folder, 'synthetic.csv');
  return {
    state,
    result: JSON.parse(JSON.stringify(result ?? null, (key, value) => (TIMED.has(key) ? undefined : value))),
    slots,
    synthetic: existsSync(synthetic) ? readFileSync(synthetic, 'utf8') : undefined,
  };
}

/** Episodes with a reward in `events.jsonl`, in ascending order. */
export function rewardedEpisodes(folder: string): number[] {
  return readLines<KeptEvent>(join(folder, 'events.jsonl'))
    .filter(({ slot, content }) => slot === 'reward' && (content as { outcome: string }).outcome === 'OUTCOME_OK')
    .map(({ episode }) => episode ?? -1)
    .sort((a, b) => a - b);
}

/** Process ids of a service (or of all four) over all its restarts, oldest first, from its log in the run folder. */
export function servicePids(folder: string, service?: string): number[] {
  const logs = join(folder, 'logs');
  return readdirSync(logs)
    .filter((name) => service === undefined || name === `${service}.log`)
    .flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'))
    .filter((line) => line.startsWith('{"ready":true'))
    .map((line) => (JSON.parse(line) as { pid: number }).pid);
}

/** Whether a process runs; one that has ended and waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // No such file system: a process that can be signalled counts as alive.
    return !existsSync('/proc/self/stat');
  }
}

/** Resolves when none of the processes runs. They are not children of this process, so that they are polled. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await pause(20);
}
