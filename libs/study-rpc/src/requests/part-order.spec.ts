import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { readParts } from './part-order.ts';

type Part =
  | { readonly $case: 'settings'; readonly value: number }
  | { readonly $case: 'training'; readonly value: string }
  | { readonly $case: 'heldOut'; readonly value: string }
  | { readonly $case: 'start'; readonly value: object };

const ORDER = [
  ['settings', 'once'],
  ['training', 'some'],
  ['heldOut', 'any'],
] as const;
const RIGHT = 'right would be settings, training, held_out (may be absent)';

const settings: Part = { $case: 'settings', value: 7 };
const training: Part = { $case: 'training', value: 'a' };
const heldOut: Part = { $case: 'heldOut', value: 'b' };

function stream(parts: readonly (Part | undefined)[]): MessageReader<{ part?: Part | undefined }> {
  const left = parts.map((part) => ({ part }));
  const receive = async () => left.shift();
  return {
    receive,
    async next() {
      const value = await receive();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

describe('readParts', () => {
  it('returns the parts that come once, and passes on the others as they arrive', async () => {
    const taken: string[] = [];
    const take = { training: (value: string) => taken.push(value), heldOut: (value: string) => taken.push(value) };
    const once = await readParts(stream([settings, training, training, heldOut]), ORDER, take);
    expect([once, taken]).toEqual([{ settings: 7 }, ['a', 'a', 'b']]);
  });

  it('takes a stream without the parts that may be absent', async () => {
    expect(await readParts(stream([settings, training]), ORDER, {})).toEqual({ settings: 7 });
  });

  it('leaves messages after the last part in the stream', async () => {
    const start: Part = { $case: 'start', value: {} };
    const requests = stream([settings, start, training]);
    await readParts(
      requests,
      [
        ['settings', 'once'],
        ['heldOut', 'any'],
        ['start', 'once'],
      ],
      {},
      'start',
    );
    expect(await requests.receive()).toEqual({ part: training });
  });

  it.each<[string, (Part | undefined)[], string]>([
    ['an empty stream', [], `settings: did not come; ${RIGHT}`],
    ['a part before the first', [training], `settings: did not come before training; ${RIGHT}`],
    ['a part that is missing between', [settings, heldOut], `training: did not come before held_out; ${RIGHT}`],
    ['a part that is missing at the end', [settings], `training: did not come; ${RIGHT}`],
    ['a part after its place', [settings, training, heldOut, training], `training: is out of order; ${RIGHT}`],
    ['a second part of those that come once', [settings, settings], `settings: is out of order; ${RIGHT}`],
    ['a part that is not set', [settings, undefined], `part: is not set; ${RIGHT}`],
    ['a part of another stream', [settings, { $case: 'start', value: {} }], `start: is out of order; ${RIGHT}`],
  ])('refuses %s', async (_what, parts, message) => {
    const error = await readParts(stream(parts), ORDER, {}).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.message).toBe(message);
  });
});
