import { createOutputQueue } from './output-queue.ts';

describe('an output queue', () => {
  it('gives what was pushed, in order, then ends', async () => {
    const queue = createOutputQueue<number>();
    queue.push(1);
    queue.push(2);
    queue.close();
    const given: number[] = [];
    for await (const item of queue) given.push(item);
    expect(given).toEqual([1, 2]);
  });

  it('throws any value that was passed as the error after the last item', async () => {
    const queue = createOutputQueue<number>();
    queue.push(1);
    queue.close({ error: undefined });
    const reader = queue[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: 1 });
    await expect(reader.next()).rejects.toBeUndefined();
  });

  it('blocks a writer while many items wait, and releases it when the reader leaves', async () => {
    const queue = createOutputQueue<number>();
    let room = 0;
    for (let i = 0; i < 20; i++) queue.push(i).then(() => room++);
    await Promise.resolve();
    expect(room).toBe(15);
    const reader = queue[Symbol.asyncIterator]();
    await reader.next();
    await reader.return();
    await Promise.resolve();
    expect(room).toBe(20);
  });
});
