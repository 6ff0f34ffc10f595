import type { ConsumerLoad } from '@qloom/episode-log/port.ts';
import { bytes, type ContractSetup, propose, range } from './contract-setup.ts';

const NOTHING: ConsumerLoad = { handlers: 0, inFlight: 0, waiting: 0 };

/** The load of a durable consumer: its handlers, and the events that are out or wait. */
export function describeLoad({ open, start }: ContractSetup): void {
  describe('load', () => {
    it('is zero for a consumer that does not exist, and has the waiting events of one that was only created', async () => {
      const log = await open();
      expect(await log.load('fit')).toEqual(NOTHING);
      await log.append(propose('s', 0), bytes(''));
      await log.createConsumers([
        { consumer: 'fit', slot: 'propose' },
        { consumer: 'assess', slot: 'fit' },
      ]);
      await log.createConsumers([{ consumer: 'fit', slot: 'propose' }]);
      await log.append(propose('s', 1), bytes(''));
      expect(await log.load('fit')).toEqual({ ...NOTHING, waiting: 2 });
      expect(await log.load('assess')).toEqual(NOTHING);
      await expect(log.createConsumers([{ consumer: 'fit', slot: 'fit' }])).rejects.toThrow(/consumer "fit" follows/);
    });

    it('counts the handlers of all processes, idle or at work, until they end', async () => {
      const [a, b] = [await open(), await open()];
      const stop = new AbortController();
      const busy = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      let running = 0;
      const handler = async (): Promise<void> => {
        if (++running === 2) busy.resolve();
        await release.promise;
      };
      const options = { consumer: 'fit', slot: 'propose', signal: stop.signal };
      const consuming = [
        a.consume({ ...options, maxInFlight: 3 }, handler),
        b.consume({ ...options, maxInFlight: 2 }, handler),
      ];
      await untilLoad(a, (load) => load.handlers === 5);
      expect(await a.load('fit')).toEqual({ handlers: 5, inFlight: 0, waiting: 0 });
      for (const i of range(0, 2)) await a.append(propose('s', i), bytes(''));
      await busy.promise;
      expect(await a.load('fit')).toEqual({ handlers: 5, inFlight: 2, waiting: 0 });
      release.resolve();
      await untilLoad(a, (load) => load.inFlight === 0);
      stop.abort();
      await Promise.all(consuming);
      await untilLoad(a, (load) => load.handlers === 0);
    });

    it('has the events beyond the handlers as waiting, and no handler of a killed process that was idle', async () => {
      const log = await open();
      await log.append(propose('s', 0), bytes(''));
      const child = start('stall', 'fit');
      await child.next();
      const idle = start('stall', 'fit');
      await untilLoad(log, (load) => load.handlers === 2);
      await log.append(propose('s', 1), bytes(''));
      await idle.next();
      for (const i of range(2, 5)) await log.append(propose('s', i), bytes(''));
      expect(await log.load('fit')).toEqual({ handlers: 2, inFlight: 2, waiting: 3 });
      const other = start('echo', 'other');
      await other.next();
      await untilLoad(log, ({ handlers, inFlight, waiting }) => handlers === 1 && inFlight + waiting === 0, 'other');
      await other.kill();
      await untilLoad(log, (load) => load.handlers === 0, 'other');
    });
  });
}

/** Resolves when the load of `consumer` is as wanted: it follows what the processes do with a delay. */
async function untilLoad(
  log: { load(consumer: string): Promise<ConsumerLoad> },
  isWanted: (load: ConsumerLoad) => boolean,
  consumer = 'fit',
): Promise<void> {
  while (!isWanted(await log.load(consumer))) await new Promise((resolve) => setTimeout(resolve, 20));
}
