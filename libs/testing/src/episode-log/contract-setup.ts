import type { EpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import { type Child, startChild } from './worker.ts';

/** The adapter under test, for the contract suite. */
export interface EpisodeLogHarness {
  /** A URL of an empty log with this lease, which other processes can open too. A new one with each call. */
  createUrl(leaseMs: number): Promise<string>;
}

/** Long enough that it never runs out while a test of something else runs. */
const LONG_LEASE_MS = 30_000;

/** The log of one test; everything opened or started on it is closed after the test. */
export interface ContractSetup {
  /** Opens a connection to the log, or to the one at another URL. */
  open(at?: string): Promise<EpisodeLog>;
  /** Starts a process on the log. */
  start(task: string, ...rest: string[]): Child;
  /** Gives the test a new empty log with this lease. */
  renew(leaseMs: number): Promise<void>;
}

/** Registers the hooks that give every test an empty log. */
export function setUpContract(harness: EpisodeLogHarness): ContractSetup {
  const logs: EpisodeLog[] = [];
  const children: Child[] = [];
  let url: string;
  beforeEach(async () => {
    url = await harness.createUrl(LONG_LEASE_MS);
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await Promise.all(logs.splice(0).map((log) => log.close()));
  });
  return {
    async open(at = url) {
      const log = await openEpisodeLog(at, { warn: () => {}, firstRetryMs: 50 });
      logs.push(log);
      return log;
    },
    start(task, ...rest) {
      const child = startChild(task, url, ...rest);
      children.push(child);
      return child;
    },
    async renew(leaseMs) {
      url = await harness.createUrl(leaseMs);
    },
  };
}

/** The key of an episode's `propose`. */
export const propose = (study: string, episode: number): EpisodeKey => ({ study, episode, slot: 'propose' });

/** The bytes of a text, as a payload. */
export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** The payload of an event, as a text. */
export const text = (event: LogEvent | undefined): string | undefined => event && Buffer.from(event.payload).toString();

/** The integers from `from` to `to` − 1. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
