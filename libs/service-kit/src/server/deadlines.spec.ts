import { status } from '@grpc/grpc-js';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { type SilentPeer, startSilentPeer } from '@qloom/testing/silent-peer.ts';
import { aborted, CAPABILITIES, failure, serveGenerator } from '../testing/serve-generator.ts';

const { serve, open } = serveGenerator();
let silent: SilentPeer | undefined;

afterEach(async () => {
  await silent?.stop();
  silent = undefined;
});

describe('deadlines', () => {
  it('ends a unary call without a deadline of its own when the peer accepts and does not answer', async () => {
    silent = await startSilentPeer();
    const remote = open(silent.target, { deadlinesMs: { unary: 60 } });
    expect((await failure(remote.getCapabilities({}))).code).toBe(status.DEADLINE_EXCEEDED);
    await silent.connected;
  });

  it('ends a stream as UNAVAILABLE long before its deadline when the peer accepts and does not answer', async () => {
    silent = await startSilentPeer();
    const remote = open(silent.target, { connectTimeoutMs: 60 });
    const error = await failure(remote.sample().receive());
    expect([error.code, error.details]).toEqual([status.UNAVAILABLE, `no connection to ${silent.target} within 60 ms`]);
  });

  it("aborts the handler's signal when the deadline has passed", async () => {
    const reasons = createSignalBoard<unknown>();
    const { target } = await serve({
      async getCapabilities(_request, context) {
        reasons.post(await aborted(context));
        return { capabilities: CAPABILITIES, methods: [] };
      },
    });
    const error = await failure(open(target).getCapabilities({}, { deadlineMs: 40 }));
    expect(error.code).toBe(status.DEADLINE_EXCEEDED);
    expect((await reasons.atLeast(1))[0]).toMatchObject({ code: expect.stringMatching(/deadline|cancelled/) });
  });

  it('passes the earlier deadline on to calls made while serving', async () => {
    const { target } = await serve({
      async getCapabilities(_request, { deadlineMs }) {
        return { capabilities: { ...CAPABILITIES, version: String(deadlineMs) }, methods: [] };
      },
    });
    const parent = { signal: new AbortController().signal, deadlineMs: Date.now() + 3_000 };
    const { capabilities } = await open(target).getCapabilities({}, { parent, deadlineMs: 60_000 });
    // The wire carries the remaining whole milliseconds, so the peer's deadline is later by the time of the transport.
    expect(Number(capabilities?.version)).toBeLessThan(parent.deadlineMs + 1_000);
  });
});
