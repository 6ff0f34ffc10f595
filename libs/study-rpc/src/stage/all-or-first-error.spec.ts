import { allOrFirstError } from './all-or-first-error.ts';

const { signal } = new AbortController();

/** Rejects with the signal's reason once it aborts. */
const aborted = (watched: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    watched.addEventListener('abort', () => reject(new Error('cancelled')), { once: true });
  });

describe('allOrFirstError', () => {
  it('returns the results in the order of the items, whichever ends first', async () => {
    const first = Promise.withResolvers<string>();
    const results = allOrFirstError([first.promise, Promise.resolve('b')], signal, async (item) => item);
    first.resolve('a');
    expect(await results).toEqual(['a', 'b']);
  });

  it('ends the others at the first error, waits for them, and throws that error', async () => {
    const ended: string[] = [];
    const failing = allOrFirstError(['slow', 'wrong'], signal, async (item, either) => {
      if (item === 'wrong') throw new Error('wrong');
      await aborted(either).finally(() => ended.push(item));
    });
    await expect(failing).rejects.toThrow('wrong');
    expect(ended).toEqual(['slow']);
  });

  it('forwards the abort of the given signal', async () => {
    const stop = new AbortController();
    const failing = allOrFirstError([1, 2], stop.signal, (_item, either) => aborted(either));
    stop.abort();
    await expect(failing).rejects.toThrow('cancelled');
  });
});
