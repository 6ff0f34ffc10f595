import type { Delivery, LogEvent } from '@qloom/episode-log/port.ts';
import { bytes, type ContractSetup, propose, range, text } from './contract-setup.ts';
import { takeOne } from './take-one.ts';

const SHORT_LEASE_MS = 500;

/** Leases outlast long handlers, and free the events of processes that hang or are killed. */
export function describeLeases({ open, start, renew }: ContractSetup): void {
  describe('leases', () => {
    it('keeps the lease while a handler runs for longer than it', async () => {
      await renew(SHORT_LEASE_MS);
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
      await renew(SHORT_LEASE_MS);
      const log = await open();
      await log.append(propose('s', 0), bytes(''));
      const child = start('stall', 'c');
      expect(await child.next()).toEqual({ delivered: propose('s', 0), attempt: 1 });
      child.process.kill('SIGSTOP');
      expect((await takeOne(log, 'c', 'propose')).attempt).toBe(2);
      child.process.kill('SIGCONT');
      expect(await child.next()).toEqual({ lost: propose('s', 0) });
    });

    it('has another lease than the log where a consumption asks for it', async () => {
      const log = await open();
      await log.append(propose('s', 0), bytes(''));
      const child = start('stall', 'c', String(SHORT_LEASE_MS));
      await child.next();
      child.process.kill('SIGSTOP');
      // The log's own lease would outlast this test.
      expect((await takeOne(log, 'c', 'propose', SHORT_LEASE_MS)).attempt).toBe(2);
      child.process.kill('SIGCONT');
      expect(await child.next()).toEqual({ lost: propose('s', 0) });
    });

    it('delivers again the event that a killed process had taken', async () => {
      await renew(SHORT_LEASE_MS);
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
      await renew(SHORT_LEASE_MS);
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
      const running = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
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
}
