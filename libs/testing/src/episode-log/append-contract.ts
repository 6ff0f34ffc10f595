import type { Slot } from '@qloom/episode-log/event-key.ts';
import { bytes, type ContractSetup, propose, text } from './contract-setup.ts';

/** Slots are written once, and read back from any connection. */
export function describeAppends({ open, start }: ContractSetup): void {
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
        const results = await Promise.all(racers.map((log, i) => log.append(propose('race', episode), bytes(`${i}`))));
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
}
