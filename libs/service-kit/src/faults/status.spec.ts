import { status } from '@grpc/grpc-js';
import { DomainError, ValidationError } from '../faults/errors.ts';
import { INTERNAL_MESSAGE } from '../faults/status.ts';
import { violationsOf } from '../faults/status-details.ts';
import { failure, serveGenerator, summary } from '../testing/serve-generator.ts';

const { serve, open } = serveGenerator();

describe('errors of a handler', () => {
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
