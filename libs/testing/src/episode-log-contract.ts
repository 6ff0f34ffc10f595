import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EpisodeKey, Slot } from '@qloom/episode-log/event-key.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { Delivery, EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';

/** The adapter under test, for the contract suite. */
export interface EpisodeLogHarness {
  /** A URL of an empty log with this lease, which other processes can open too. A new one with each call. */
  createUrl(leaseMs: number): Promise<string>;
}

/** Long enough that it never runs out while a test of something else runs. */
const LONG_LEASE_MS = 30_000;
const SHORT_LEASE_MS = 500;
const WORKER = fileURLToPath(new URL('./episode-log-main.ts', import.meta.url));

const propose = (study: string, episode: number): EpisodeKey => ({ study, episode, slot: 'propose' });
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const text = (event: LogEvent | undefined): string | undefined => event && Buffer.from(event.payload).toString();

/** What every `EpisodeLog` must do. Registers jest tests; every wait is for an event. */
export function describeEpisodeLogContract(adapter: string, harness: EpisodeLogHarness): void {
  describe(`EpisodeLog contract: ${adapter}`, () => {
    const logs: EpisodeLog[] = [];
    const children: Child[] = [];
    let url: string;

    const open = async (at = url): Promise<EpisodeLog> => {
      const log = await openEpisodeLog(at, { warn: () => {}, firstRetryMs: 50 });
      logs.push(log);
      return log;
    };
    const start = (task: string, ...rest: string[]): Child => {
      const child = startChild(task, url, ...rest);
      children.push(child);
      return child;
    };
    beforeEach(async () => {
      url = await harness.createUrl(LONG_LEASE_MS);
    });
    afterEach(async () => {
      await Promise.all(children.splice(0).map((child) => child.kill()));
      await Promise.all(logs.splice(0).map((log) => log.close()));
    });

    describe('append and read', () => {
      it('returns the event of a slot, with its headers, and undefined for an empty one', async () => {
        const log = await open();
        const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', note: '' };
        const before = Date.now();
        const { status, event } = await log.append(propose('s', 3), bytes('hello'), headers);
        expect(status).toBe('appended');
        expect(event.key).toEqual(propose('s', 3));
        expect(event.headers).toEqual(headers);
        expect(Math.abs(event.timeMs - before)).toBeLessThan(60_000);
        expect(await log.read(propose('s', 3))).toEqual(event);
        expect(text(event)).toBe('hello');
        expect(await log.read(propose('s', 4))).toBeUndefined();
        expect(await log.read({ study: 's', slot: 'create' })).toBeUndefined();
      });

      it('keeps an empty payload and every byte value', async () => {
        const log = await open();
        await log.append(propose('s', 0), new Uint8Array(0));
        await log.append(propose('s', 1), Uint8Array.from({ length: 256 }, (_, i) => i).subarray(1));
        expect([...((await log.read(propose('s', 0)))?.payload ?? [1])]).toEqual([]);
        expect([...((await log.read(propose('s', 1)))?.payload ?? [])]).toEqual(
          Array.from({ length: 255 }, (_, i) => i + 1),
        );
      });

      it('answers "exists" with the first event for other content, from any connection', async () => {
        const [a, b] = [await open(), await open()];
        const first = await a.append({ study: 's', slot: 'create' }, bytes('first'));
        const second = await b.append({ study: 's', slot: 'create' }, bytes('second'));
        expect(second).toEqual({ status: 'exists', event: first.event });
        expect(await a.append({ study: 's', slot: 'create' }, bytes('first'))).toEqual(second);
      });

      it('reads from another connection what was just written', async () => {
        const [a, b] = [await open(), await open()];
        for (let episode = 0; episode < 50; episode++) {
          const { event } = await a.append(propose('s', episode), bytes(`${episode}`));
          expect(await b.read(propose('s', episode))).toEqual(event);
          expect((await b.replay('s')).at(-1)).toEqual(event);
        }
      });

      it('has exactly one winner in each of 200 races of four connections', async () => {
        const racers = await Promise.all([open(), open(), open(), open()]);
        for (let episode = 0; episode < 200; episode++) {
          const results = await Promise.all(
            racers.map((log, i) => log.append(propose('race', episode), bytes(`${i}`))),
          );
          const winners = results.flatMap(({ status }, i) => (status === 'appended' ? [i] : []));
          expect(winners).toHaveLength(1);
          for (const { event } of results) expect(text(event)).toBe(`${winners[0]}`);
        }
      });

      it('has exactly one winner in each of 200 races of three processes', async () => {
        const racers = [1, 2, 3].map(() => start('race', 'race', '200'));
        for (const racer of racers) await racer.next();
        for (const racer of racers) racer.process.stdin?.write('go\n');
        const won = await Promise.all(racers.map((racer) => racer.next()));
        const all = won.flatMap((said) => said['won'] as number[]);
        expect(all.sort((x, y) => x - y)).toEqual(Array.from({ length: 200 }, (_, i) => i));
        const log = await open();
        for (const event of await log.replay('race')) {
          const winner = racers.findIndex((racer) => String(racer.process.pid) === text(event));
          expect(won[winner]['won']).toContain(event.key.episode);
        }
      });

      it.each([
        ['a study with a dot', { study: 'a.b', slot: 'create' }, /study: "a\.b" is not/],
        ['an empty study', { study: '', slot: 'create' }, /study: "" is not/],
        ['a wildcard', { study: '*', slot: 'create' }, /study/],
        ['a negative episode', { study: 's', episode: -1, slot: 'fit' as Slot }, /episode: -1 is not/],
        ['a fraction', { study: 's', episode: 0.5, slot: 'fit' as Slot }, /episode: 0\.5 is not/],
        ["a study's slot in an episode", { study: 's', episode: 0, slot: 'create' as Slot }, /is not one of propose/],
        ["an episode's slot in a study", { study: 's', slot: 'fit' }, /belongs to an episode/],
        ['an upper-case slot', { study: 's', slot: 'Create' }, /slot: "Create"/],
      ])('refuses %s', async (_, key, message) => {
        const log = await open();
        await expect(log.append(key, bytes(''))).rejects.toThrow(message);
      });

      it('refuses a payload that is too large, and headers that cannot be sent', async () => {
        const log = await open();
        const append = (payload: Uint8Array, headers: Record<string, string>) =>
          log.append(propose('s', 0), payload, headers);
        await expect(append(new Uint8Array(256 * 1024 + 1), {})).rejects.toThrow(/above the maximum 262144/);
        await expect(append(bytes(''), { 'Bad-Name': '' })).rejects.toThrow(/"Bad-Name"/);
        await expect(append(bytes(''), { name: 'a\r\nb' })).rejects.toThrow(/printable ASCII/);
        expect((await append(new Uint8Array(256 * 1024), {})).status).toBe('appended');
      });
    });

    describe('order', () => {
      it('replays every event of a study, of all slots, in the order in which they were answered', async () => {
        const [a, b] = [await open(), await open()];
        const written: LogEvent[] = [];
        written.push((await a.append({ study: 's', slot: 'create' }, bytes(''))).event);
        for (let episode = 0; episode < 300; episode++) {
          const log = episode % 2 ? a : b;
          written.push((await log.append(propose('s', episode), bytes(`${episode}`))).event);
          await log.append(propose('other', episode), bytes(''));
        }
        for (let i = 1; i < written.length; i++) {
          expect(written[i].sequence).toBeGreaterThan(written[i - 1].sequence);
        }
        expect(await a.replay('s')).toEqual(written);
        expect(await b.replay('nothing')).toEqual([]);
        expect(await b.studies()).toEqual(['other', 's']);
      });

      it('watches the same events as a replay shows, across the seam from old to new, while four connections write', async () => {
        const writers = await Promise.all([open(), open(), open(), open()]);
        const writeAll = (from: number) =>
          Promise.all(
            writers.map(async (log, i) => {
              for (let n = from; n < from + 30; n++) await log.append(propose('s', n * 4 + i), bytes(`${n}`));
            }),
          );
        await writeAll(0);
        const writing = writeAll(30);
        const watcher = await open();
        const seen: LogEvent[] = [];
        for await (const event of watcher.watch('s', { signal: new AbortController().signal })) {
          seen.push(event);
          if (seen.length === 240) break;
        }
        await writing;
        expect(seen).toEqual(await watcher.replay('s'));
      });

      it('watches from after a given sequence', async () => {
        const log = await open();
        const events: LogEvent[] = [];
        for (let i = 0; i < 5; i++) events.push((await log.append(propose('s', i), bytes(''))).event);
        const { signal } = new AbortController();
        const seen: LogEvent[] = [];
        for await (const event of log.watch('s', { after: events[2].sequence, signal })) {
          seen.push(event);
          if (seen.length === 2) break;
        }
        expect(seen).toEqual(events.slice(3));
      });

      it('ends a watch without an error when its signal aborts, and when the log closes', async () => {
        const log = await open();
        await log.append(propose('s', 0), bytes(''));
        const stop = new AbortController();
        const drain = async (signal: AbortSignal, onEvent: () => void) => {
          let count = 0;
          for await (const _ of log.watch('s', { signal })) {
            count++;
            onEvent();
          }
          return count;
        };
        expect(await drain(stop.signal, () => stop.abort())).toBe(1);
        const started = deferred<void>();
        const closing = drain(new AbortController().signal, started.resolve);
        await started.promise;
        await log.close();
        expect(await closing).toBe(1);
      });
    });

    it('lets its process end when it is closed with a watch that is not read any more', async () => {
      const child = start('abandon', 's');
      expect(await child.next()).toEqual({ closed: true });
      const [code] = await child.exited;
      expect(code).toBe(0);
    });

    describe('consume', () => {
      it('hands each event to one of three competing consumers, over all studies, those of before and those to come', async () => {
        const writer = await open();
        const total = 60;
        const append = (from: number, to: number) =>
          range(from, to).map((i) => writer.append(propose(`s${i % 3}`, i), bytes('')));
        await Promise.all(append(0, total / 2));
        const handled: string[] = [];
        const done = deferred<void>();
        const stop = new AbortController();
        const logs = await Promise.all([open(), open(), open()]);
        const consuming = logs.map((log) =>
          log.consume({ consumer: 'fit', slot: 'propose', maxInFlight: 4, signal: stop.signal }, async (delivery) => {
            expect(delivery.attempt).toBe(1);
            handled.push(JSON.stringify(delivery.event.key));
            if (handled.length === total) done.resolve();
          }),
        );
        await writer.append({ study: 's0', slot: 'create' }, bytes(''));
        await Promise.all(append(total / 2, total));
        await done.promise;
        stop.abort();
        await Promise.all(consuming);
        expect(new Set(handled).size).toBe(total);
        expect(handled).toHaveLength(total);
      });

      it('gives every durable consumer all events, and resumes where the consumer of its name stopped', async () => {
        const log = await open();
        await log.append({ study: 's', slot: 'create' }, bytes('1'));
        expect(text((await takeOne(log, 'a', 'create')).event)).toBe('1');
        expect(text((await takeOne(log, 'b', 'create')).event)).toBe('1');
        await log.append({ study: 't', slot: 'create' }, bytes('2'));
        const reopened = await open();
        expect(text((await takeOne(reopened, 'a', 'create')).event)).toBe('2');
      });

      it('refuses a durable name that follows another slot', async () => {
        const log = await open();
        await log.append(propose('s', 0), bytes(''));
        await takeOne(log, 'worker', 'propose');
        const { signal } = new AbortController();
        const again = log.consume({ consumer: 'worker', slot: 'fit', maxInFlight: 1, signal }, async () => {});
        await expect(again).rejects.toThrow(/consumer "worker" follows/);
      });

      it('never has more than maxInFlight handlers, and waits for them when its signal aborts', async () => {
        const log = await open();
        await Promise.all(range(0, 10).map((i) => log.append(propose('s', i), bytes(''))));
        const stop = new AbortController();
        const full = deferred<void>();
        const release = deferred<void>();
        let running = 0;
        let most = 0;
        let ended = 0;
        const options = { consumer: 'c', slot: 'propose', maxInFlight: 3, signal: stop.signal };
        const consuming = log.consume(options, async () => {
          most = Math.max(most, ++running);
          if (running === 3) full.resolve();
          await release.promise;
          running--;
          ended++;
        });
        await full.promise;
        stop.abort();
        release.resolve();
        await consuming;
        expect(most).toBe(3);
        expect(ended).toBe(3);
      });

      it('delivers again, later each time and with a higher attempt, when the handler throws', async () => {
        const log = await open();
        await log.append(propose('s', 0), bytes(''));
        const stop = new AbortController();
        const times: number[] = [];
        const attempts: number[] = [];
        await log.consume({ consumer: 'c', slot: 'propose', maxInFlight: 1, signal: stop.signal }, async (delivery) => {
          times.push(performance.now());
          attempts.push(delivery.attempt);
          if (attempts.length < 4) throw new Error('not yet');
          stop.abort();
        });
        expect(attempts).toEqual([1, 2, 3, 4]);
        // The harness opens with firstRetryMs 50; timers may fire a millisecond early.
        expect(times[1] - times[0]).toBeGreaterThanOrEqual(48);
        expect(times[2] - times[1]).toBeGreaterThanOrEqual(98);
        expect(times[3] - times[2]).toBeGreaterThanOrEqual(198);
      });

      it('delays by the time given to nak, and delivers other events meanwhile', async () => {
        const log = await open();
        await log.append(propose('s', 0), bytes(''));
        await log.append(propose('s', 1), bytes(''));
        const stop = new AbortController();
        const order: string[] = [];
        let nakedAt = 0;
        await log.consume({ consumer: 'c', slot: 'propose', maxInFlight: 1, signal: stop.signal }, async (delivery) => {
          const { episode } = delivery.event.key;
          order.push(`${episode}#${delivery.attempt}`);
          if (episode === 0 && delivery.attempt === 1) {
            nakedAt = performance.now();
            expect(await delivery.nak(300)).toBe(true);
          } else if (episode === 0) {
            expect(performance.now() - nakedAt).toBeGreaterThanOrEqual(298);
            stop.abort();
          }
        });
        expect(order).toEqual(['0#1', '1#1', '0#2']);
      });

      it('delivers at once after nak(), and never again after ack or term', async () => {
        const log = await open();
        const settle = [
          (delivery: Delivery) => delivery.ack(),
          (delivery: Delivery) => delivery.term(),
          (delivery: Delivery) => (delivery.attempt < 3 ? delivery.nak() : delivery.ack()),
        ];
        for (const i of [0, 1, 2]) await log.append(propose('s', i), bytes(''));
        const attempts = [0, 0, 0];
        const stop = new AbortController();
        await log.consume({ consumer: 'c', slot: 'propose', maxInFlight: 1, signal: stop.signal }, async (delivery) => {
          const episode = delivery.event.key.episode ?? -1;
          attempts[episode] = delivery.attempt;
          expect(await settle[episode](delivery)).toBe(true);
          expect(await delivery.ack()).toBe(false); // only the first counts
          if (episode === 2 && delivery.attempt === 3) stop.abort();
        });
        // Whatever were still due would come before a new event.
        await log.append(propose('s', 3), bytes(''));
        expect((await takeOne(log, 'c', 'propose')).event.key.episode).toBe(3);
        expect(attempts).toEqual([1, 1, 3]);
      });

      it('keeps the lease while a handler runs for longer than it', async () => {
        url = await harness.createUrl(SHORT_LEASE_MS);
        const [a, b] = [await open(), await open()];
        await a.append(propose('s', 0), bytes(''));
        const stop = new AbortController();
        const deliveries: number[] = [];
        const handler = async (delivery: Delivery): Promise<void> => {
          deliveries.push(delivery.attempt);
          // Three leases long: the passing of time is what is tested.
          await new Promise((resolve) => setTimeout(resolve, 3 * SHORT_LEASE_MS));
          expect(delivery.signal.aborted).toBe(false);
          expect(await delivery.working()).toBe(true);
          expect(await delivery.ack()).toBe(true);
          stop.abort();
        };
        const options = { consumer: 'c', slot: 'propose', maxInFlight: 2, signal: stop.signal };
        await Promise.all([a.consume(options, handler), b.consume(options, handler)]);
        expect(deliveries).toEqual([1]);
      });

      it('delivers to another process when the lease of one that hangs runs out, and aborts the first when it wakes', async () => {
        url = await harness.createUrl(SHORT_LEASE_MS);
        const log = await open();
        await log.append(propose('s', 0), bytes(''));
        const child = start('stall', 'c');
        expect(await child.next()).toEqual({ delivered: propose('s', 0), attempt: 1 });
        child.process.kill('SIGSTOP');
        expect((await takeOne(log, 'c', 'propose')).attempt).toBe(2);
        child.process.kill('SIGCONT');
        expect(await child.next()).toEqual({ lost: propose('s', 0) });
      });

      it('delivers again the event that a killed process had taken', async () => {
        url = await harness.createUrl(SHORT_LEASE_MS);
        const log = await open();
        await log.append(propose('s', 0), bytes(''));
        const child = start('stall', 'c');
        await child.next();
        await child.kill();
        const delivery = await takeOne(log, 'c', 'propose');
        expect(delivery.attempt).toBe(2);
        expect(delivery.event.key).toEqual(propose('s', 0));
      });

      it('fills each slot exactly once when workers are killed between their effect and their append', async () => {
        url = await harness.createUrl(SHORT_LEASE_MS);
        const log = await open();
        const total = 8;
        for (const i of range(0, total)) await log.append(propose('s', i), bytes(''));
        // Three die with the effect done and nothing written.
        for (let round = 0; round < 3; round++) {
          const doomed = start('stage', 'fit-worker', 'pause');
          expect(await doomed.next()).toHaveProperty('effect');
          await doomed.kill();
        }
        const survivor = start('stage', 'fit-worker', 'go');
        const watched: LogEvent[] = [];
        for await (const event of log.watch('s', { signal: new AbortController().signal })) {
          if (event.key.slot === 'fit') watched.push(event);
          if (watched.length === total) break;
        }
        expect(watched.map(({ key }) => key.episode).sort()).toEqual(range(0, total));
        for (const event of watched) expect(text(event)).toBe(String(survivor.process.pid));
      });

      it('waits for its handlers when the log closes, and throws LogClosedError afterwards', async () => {
        const log = await open();
        await log.append(propose('s', 0), bytes(''));
        const running = deferred<void>();
        const release = deferred<void>();
        let ended = false;
        const { signal } = new AbortController();
        const consuming = log.consume({ consumer: 'c', slot: 'propose', maxInFlight: 2, signal }, async () => {
          running.resolve();
          await release.promise;
          ended = true;
        });
        await running.promise;
        const closing = log.close();
        await expect(log.read(propose('s', 0))).rejects.toThrow(/closed/);
        release.resolve();
        await Promise.all([consuming, closing]);
        expect(ended).toBe(true);
        await log.close();
        // Acknowledged on the way out: nothing is left to deliver.
        const again = await open();
        await again.append(propose('s', 1), bytes(''));
        expect((await takeOne(again, 'c', 'propose')).event.key.episode).toBe(1);
      });
    });
  });
}

/** Consumes until one event was handled, and acknowledges it. */
export async function takeOne(log: EpisodeLog, consumer: string, slot: Slot | string): Promise<Delivery> {
  const stop = new AbortController();
  let taken: Delivery | undefined;
  await log.consume({ consumer, slot, maxInFlight: 1, signal: stop.signal }, async (delivery) => {
    taken = delivery;
    await delivery.ack();
    stop.abort();
  });
  if (!taken) throw new Error('the log closed before an event came');
  return taken;
}

/** A process that runs `episode-log-main.ts`. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints. Rejects when it ends without one. */
  next(): Promise<Record<string, unknown>>;
  /** Resolves to its exit code and signal when it ends. */
  readonly exited: Promise<unknown[]>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts `episode-log-main.ts` under plain Node. */
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

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, resolve };
}
