import { status } from '@grpc/grpc-js';
import type { SampleRequest } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { DomainError } from '../faults/errors.ts';
import { aborted, failure, seedOf, serveGenerator, settings, summary } from '../testing/serve-generator.ts';
import { HIGH_WATER_MARK } from './streams.ts';

const { serve, open } = serveGenerator();

describe('streams', () => {
  it('exchange messages in lock-step', async () => {
    const { target } = await serve({
      async *sample(requests) {
        for await (const request of requests) yield summary(seedOf(request) * 2);
      },
    });
    const call = open(target).sample();
    for (const seed of [1, 2, 3]) {
      expect((await call.exchange(settings(seed))).part).toMatchObject({ value: { count: seed * 2 } });
    }
    call.closeSend();
    expect(await call.receive()).toBeUndefined();
  });

  it('report the status, not a failed write, when the peer ends a lock-step', async () => {
    const { target } = await serve({
      async *sample(requests) {
        for await (const request of requests) {
          if (seedOf(request) === 2) throw new DomainError('precondition', 'index 2: repeated');
          yield summary(1);
        }
      },
    });
    const call = open(target).sample();
    await call.exchange(settings(1));
    expect((await failure(call.exchange(settings(2)))).details).toBe('index 2: repeated');
    expect((await failure(call.exchange(settings(3)))).details).toBe('index 2: repeated');
  });

  it('apply backpressure to a handler whose client does not read', async () => {
    let yielded = 0;
    const stalled = createSignalBoard<number>();
    const big = Buffer.alloc(512 * 1024);
    const { target } = await serve({
      async *sample() {
        for (let i = 0; i < 400; i++) {
          yielded += 1;
          const before = setTimeout(() => stalled.post(i), 200);
          yield {
            part: {
              $case: 'points',
              value: { x: { dtype: 1, shape: [131072, 1], data: big }, y: undefined, group: undefined, classes: 1 },
            },
          };
          clearTimeout(before);
        }
      },
    });
    const call = open(target).sample();
    await stalled.atLeast(1);
    // 8 MiB of flow control window, 16 messages in each of three queues: far from 400.
    expect(yielded).toBeLessThan(16 + 4 * HIGH_WATER_MARK);
    let received = 0;
    for await (const _message of call) received += 1;
    expect(received).toBe(400);
  });

  it('apply backpressure to a client whose peer does not read', async () => {
    const release = Promise.withResolvers<void>();
    let read = 0;
    const { target } = await serve({
      async *sample(requests) {
        await release.promise;
        for await (const _request of requests) read += 1;
        yield summary(read);
      },
    });
    const call = open(target).sample();
    const stalled = createSignalBoard<number>();
    const chunk = (): SampleRequest => ({
      part: { $case: 'model', value: { data: Buffer.alloc(256 * 1024), offset: 0, total: 1, sha256: '' } },
    });
    let sent = 0;
    const sending = (async () => {
      for (; sent < 200; sent++) {
        const timer = setTimeout(() => stalled.post(sent), 200);
        await call.send(chunk());
        clearTimeout(timer);
      }
      call.closeSend();
    })();
    expect((await stalled.atLeast(1))[0]).toBeLessThan(16 + 4 * HIGH_WATER_MARK);
    release.resolve();
    expect((await call.receive())?.part).toMatchObject({ value: { count: 200 } });
    await sending;
  });

  it('reject a sender that waits for room when the call ends', async () => {
    const { target } = await serve({
      // biome-ignore lint/correctness/useYield: it never answers.
      async *sample(_requests, context) {
        await aborted(context);
      },
    });
    const cancel = new AbortController();
    const call = open(target).sample({ signal: cancel.signal });
    const model = { data: Buffer.alloc(1024 * 1024), offset: 0, total: 1, sha256: '' };
    const endless = async () => {
      for (;;) await call.send({ part: { $case: 'model', value: model } });
    };
    const sending = failure(endless());
    await new Promise((resolve) => setImmediate(resolve));
    cancel.abort();
    expect((await sending).code).toBe(status.CANCELLED);
  });
});
