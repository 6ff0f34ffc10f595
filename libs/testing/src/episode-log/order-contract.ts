import type { LogEvent } from '@qloom/episode-log/port.ts';
import { bytes, type ContractSetup, propose } from './contract-setup.ts';

/** Replays and watches give the events of a study in one order. */
export function describeOrder({ open, start }: ContractSetup): void {
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
      const started = Promise.withResolvers<void>();
      const closing = drain(new AbortController().signal, started.resolve);
      await started.promise;
      await log.close();
      expect(await closing).toBe(1);
    });

    it('lets its process end when it is closed with a watch that is not read any more', async () => {
      const child = start('abandon', 's');
      expect(await child.next()).toEqual({ closed: true });
      const [code] = await child.exited;
      expect(code).toBe(0);
    });
  });
}
