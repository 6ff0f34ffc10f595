import { status } from '@grpc/grpc-js';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { DomainError } from '../faults/errors.ts';
import { CAPABILITIES, failure, serveGenerator } from '../testing/serve-generator.ts';

const { serve, open } = serveGenerator();

describe('retries', () => {
  const failing = async (code: 'unavailable' | 'invalid', failures: number) => {
    const attempts = createSignalBoard<number>();
    const { target } = await serve({
      async getCapabilities() {
        attempts.post(attempts.all.length);
        if (attempts.all.length <= failures) throw new DomainError(code, 'not now');
        return { capabilities: CAPABILITIES, methods: [] };
      },
      // biome-ignore lint/correctness/useYield: it fails before its first message.
      async *sample() {
        attempts.post(attempts.all.length);
        throw new DomainError(code, 'not now');
      },
    });
    return { remote: open(target), attempts };
  };

  it('repeat a reading unary call while it is UNAVAILABLE', async () => {
    const { remote, attempts } = await failing('unavailable', 3);
    await remote.getCapabilities({});
    expect(attempts.all).toHaveLength(4);
  });

  it('give up after four attempts', async () => {
    const { remote, attempts } = await failing('unavailable', 99);
    expect((await failure(remote.getCapabilities({}))).code).toBe(status.UNAVAILABLE);
    expect(attempts.all).toHaveLength(4);
  });

  it('do not repeat other statuses or streams', async () => {
    const { remote, attempts } = await failing('invalid', 99);
    await failure(remote.getCapabilities({}));
    expect(attempts.all).toHaveLength(1);
    await failure(remote.sample().receive());
    expect(attempts.all).toHaveLength(2);
  });

  it('do not repeat a stream that is UNAVAILABLE', async () => {
    const { remote, attempts } = await failing('unavailable', 99);
    expect((await failure(remote.sample().receive())).code).toBe(status.UNAVAILABLE);
    expect(attempts.all).toHaveLength(1);
  });
});
