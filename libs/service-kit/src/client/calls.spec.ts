import { status } from '@grpc/grpc-js';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { aborted, failure, serveGenerator, summary } from '../testing/serve-generator.ts';

const { serve, open } = serveGenerator();

describe('cancellation', () => {
  it('reaches the handler, and through it the call that the handler makes', async () => {
    const reasons = createSignalBoard<unknown>();
    const inner = await serve({
      async *sample(_requests, context) {
        yield summary(1);
        reasons.post(await aborted(context));
      },
    });
    const { target } = await serve({
      async *sample(_requests, context) {
        for await (const message of open(inner.target).sample({ parent: context })) yield message;
      },
    });
    const cancel = new AbortController();
    const call = open(target).sample({ signal: cancel.signal });
    await call.receive();
    cancel.abort();
    expect((await failure(call.receive())).code).toBe(status.CANCELLED);
    expect((await reasons.atLeast(1))[0]).toMatchObject({ code: 'cancelled' });
  });

  it('of a stream happens when a loop over its answers is left', async () => {
    const reasons = createSignalBoard<unknown>();
    const { target } = await serve({
      async *sample(_requests, context) {
        yield summary(1);
        reasons.post(await aborted(context));
      },
    });
    for await (const _message of open(target).sample()) break;
    expect((await reasons.atLeast(1))[0]).toMatchObject({ code: 'cancelled' });
  });

  it('leaves no listener on the parent for calls that have ended', async () => {
    const { target } = await serve({});
    const parent = new AbortController();
    const added = jest.spyOn(parent.signal, 'addEventListener');
    const removed = jest.spyOn(parent.signal, 'removeEventListener');
    const remote = open(target);
    for (let i = 0; i < 20; i++) {
      await remote.getCapabilities({}, { parent: { signal: parent.signal, deadlineMs: Infinity } });
    }
    expect(added).toHaveBeenCalledTimes(20);
    expect(removed).toHaveBeenCalledTimes(20);
  });
});
