import { type ServiceError, status } from '@grpc/grpc-js';
import {
  type GeneratorServiceService as Generator,
  GeneratorServiceService,
  type SampleRequest,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { type SilentPeer, startSilentPeer } from '@qloom/testing/silent-peer.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { DomainError, ValidationError } from '../faults/errors.ts';
import { INTERNAL_MESSAGE } from '../faults/status.ts';
import { violationsOf } from '../faults/status-details.ts';
import { bindService, type CallContext, type Handlers } from '../server/handlers.ts';
import { type ConnectOptions, connect, type Remote } from './clients.ts';
import { HIGH_WATER_MARK } from './streams.ts';

const CAPABILITIES = { service: 'test', version: '1.0.0', engines: [], limits: [], hyperparameters: [] };
const settings = (seed: number): SampleRequest => ({
  part: { $case: 'settings', value: { seed, classCounts: [], ungated: false } },
});
const summary = (count: number) => ({
  part: { $case: 'summary' as const, value: { count, drawn: 0, acceptance: 1, forced: 0 } },
});
const seedOf = (request: SampleRequest | undefined): number =>
  request?.part?.$case === 'settings' ? request.part.value.seed : -1;

let server: TestServer | undefined;
let silent: SilentPeer | undefined;
const remotes: Remote<Generator>[] = [];

async function serve(handlers: Partial<Handlers<Generator>>): Promise<TestServer> {
  server = await startTestServer(
    bindService(GeneratorServiceService, {
      getCapabilities: async () => ({ capabilities: CAPABILITIES }),
      async *fit() {},
      async *sample() {},
      ...handlers,
    }),
  );
  return server;
}

function open(target: string, options?: ConnectOptions): Remote<Generator> {
  const remote = connect(GeneratorServiceService, target, options);
  remotes.push(remote);
  return remote;
}

const failure = async (work: Promise<unknown>): Promise<ServiceError> =>
  work.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error as ServiceError,
  );

/** Resolves with the reason when the signal aborts. */
const aborted = ({ signal }: CallContext): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    else signal.addEventListener('abort', () => resolve(signal.reason));
  });

afterEach(async () => {
  for (const remote of remotes.splice(0)) remote.close();
  await server?.stop();
  await silent?.stop();
  server = undefined;
  silent = undefined;
});

describe('errors', () => {
  it.each([
    ['invalid', status.INVALID_ARGUMENT],
    ['diverged', status.OUT_OF_RANGE],
    ['precondition', status.FAILED_PRECONDITION],
    ['not-found', status.NOT_FOUND],
    ['exhausted', status.RESOURCE_EXHAUSTED],
    ['unavailable', status.UNAVAILABLE],
    ['data-loss', status.DATA_LOSS],
  ] as const)('maps %s to its status, with the message', async (code, expected) => {
    const { target } = await serve({
      getCapabilities: async () => {
        throw new DomainError(code, 'seed: 3 is taken; right would be 4');
      },
    });
    const error = await failure(open(target, { idempotent: [] }).getCapabilities({}, { deadlineMs: 5_000 }));
    expect([error.code, error.details]).toEqual([expected, 'seed: 3 is taken; right would be 4']);
  });

  it('maps an error of a library that carries a code and does not depend on gRPC', async () => {
    const { target } = await serve({
      getCapabilities: async () => {
        throw Object.assign(new Error('loss is NaN at step 7'), { code: 'diverged' });
      },
    });
    expect((await failure(open(target).getCapabilities({}))).code).toBe(status.OUT_OF_RANGE);
  });

  it('answers INTERNAL without the message of an unforeseen error, and logs it', async () => {
    const { target, logged } = await serve({
      getCapabilities: async () => {
        throw new TypeError("cannot read 'secret' of undefined");
      },
    });
    const error = await failure(open(target).getCapabilities({}));
    expect([error.code, error.details]).toEqual([status.INTERNAL, INTERNAL_MESSAGE]);
    expect(JSON.stringify(logged)).toContain("cannot read 'secret'");
  });

  it('carries every wrong field in the details of INVALID_ARGUMENT', async () => {
    const violations = [
      { field: 'settings.seed', description: 'is 0; right would be at least 1' },
      { field: 'settings.data', description: 'is not set' },
    ];
    const { target } = await serve({
      // biome-ignore lint/correctness/useYield: it fails before its first message.
      async *sample() {
        throw new ValidationError(violations);
      },
    });
    const error = await failure(open(target).sample().receive());
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toBe('settings.seed: is 0; right would be at least 1; settings.data: is not set');
    expect(violationsOf(error)).toEqual(violations);
  });

  it('delivers the messages that came before the error of a stream', async () => {
    const { target } = await serve({
      async *sample() {
        yield summary(1);
        throw new DomainError('diverged', 'loss is NaN');
      },
    });
    const call = open(target).sample();
    expect((await call.receive())?.part).toMatchObject({ value: { count: 1 } });
    expect((await failure(call.receive())).code).toBe(status.OUT_OF_RANGE);
  });
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
        return { capabilities: CAPABILITIES };
      },
    });
    const error = await failure(open(target).getCapabilities({}, { deadlineMs: 40 }));
    expect(error.code).toBe(status.DEADLINE_EXCEEDED);
    expect((await reasons.atLeast(1))[0]).toMatchObject({ code: expect.stringMatching(/deadline|cancelled/) });
  });

  it('passes the earlier deadline on to calls made while serving', async () => {
    const { target } = await serve({
      async getCapabilities(_request, { deadlineMs }) {
        return { capabilities: { ...CAPABILITIES, version: String(deadlineMs) } };
      },
    });
    const parent = { signal: new AbortController().signal, deadlineMs: Date.now() + 3_000 };
    const { capabilities } = await open(target).getCapabilities({}, { parent, deadlineMs: 60_000 });
    // The wire carries the remaining whole milliseconds, so the peer's deadline is later by the time of the transport.
    expect(Number(capabilities?.version)).toBeLessThan(parent.deadlineMs + 1_000);
  });
});

describe('cancellation', () => {
  it('reaches the handler, and through it the call that the handler makes', async () => {
    const reasons = createSignalBoard<unknown>();
    const inner = await startTestServer(
      bindService(GeneratorServiceService, {
        getCapabilities: async () => ({ capabilities: CAPABILITIES }),
        async *fit() {},
        async *sample(_requests, context) {
          yield summary(1);
          reasons.post(await aborted(context));
        },
      }),
    );
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
    await inner.stop();
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

describe('retries', () => {
  const failing = async (code: 'unavailable' | 'invalid', failures: number) => {
    const attempts = createSignalBoard<number>();
    const { target } = await serve({
      async getCapabilities() {
        attempts.post(attempts.all.length);
        if (attempts.all.length <= failures) throw new DomainError(code, 'not now');
        return { capabilities: CAPABILITIES };
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
