import type { Delivery } from '@qloom/episode-log/port.ts';
import { bytes, type ContractSetup, propose, range, text } from './contract-setup.ts';
import { takeOne } from './take-one.ts';

/** Events of a slot are delivered to competing consumers until they are settled. */
export function describeConsumers({ open }: ContractSetup): void {
  describe('consume', () => {
    it('hands each event to one of three competing consumers, over all studies, those of before and those to come', async () => {
      const writer = await open();
      const total = 60;
      const append = (from: number, to: number) =>
        range(from, to).map((i) => writer.append(propose(`s${i % 3}`, i), bytes('')));
      await Promise.all(append(0, total / 2));
      const handled: string[] = [];
      const done = Promise.withResolvers<void>();
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
      const full = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
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
  });
}
