import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type ServiceError, status } from '@grpc/grpc-js';
import {
  type GeneratorServiceService as Generator,
  GeneratorServiceService,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import fc from 'fast-check';
import { connect, type Remote } from '../client/clients.ts';
import { bindService } from '../server/handlers.ts';
import { decodeSlot, encodeSlot, failureOf } from '../stage/slot-events.ts';
import { boundedMessage, MAX_MESSAGE_BYTES } from './bounded-message.ts';
import { DomainError, ValidationError } from './errors.ts';
import { boundedViolations } from './field-violations.ts';
import { badRequestStatus, violationsOf } from './status-details.ts';

const CAPABILITIES = { service: 'test', version: '1.0.0', engines: [], limits: [], hyperparameters: [] };

/** Default limit of trailers of gRPC peers. Unit: bytes. */
const PEERS_LIMIT = 8_192;

let server: TestServer;
let remote: Remote<Generator>;
let failWith: Error | undefined;

beforeAll(async () => {
  server = await startTestServer(
    bindService(GeneratorServiceService, {
      getCapabilities: () => {
        if (failWith !== undefined) throw failWith;
        return { capabilities: CAPABILITIES, methods: [] };
      },
      async *fit() {},
      // biome-ignore lint/correctness/useYield: it fails before its first message.
      async *sample() {
        if (failWith !== undefined) throw failWith;
      },
    }),
  );
  remote = connect(GeneratorServiceService, server.target);
});

afterAll(async () => {
  remote.close();
  await server.stop();
});

async function failure(error: Error, call: () => Promise<unknown>): Promise<ServiceError> {
  failWith = error;
  try {
    return await call().then(
      () => Promise.reject(new Error('the call succeeded')),
      (failed) => failed as ServiceError,
    );
  } finally {
    failWith = undefined;
  }
}

/** Bytes of the trailers as they were sent: the message percent-encoded, details in base64. */
function trailerBytes(error: ServiceError): number {
  const details = error.metadata.get('grpc-status-details-bin').map((value) => Buffer.from(value).toString('base64'));
  return encodeURI(error.details).length + details.join('').length;
}

/** The client library for Python refuses details whose code or message are not those of their status. */
function expectDetailsOf({ code, details, metadata }: ServiceError): void {
  for (const value of metadata.get('grpc-status-details-bin')) {
    const reader = new BinaryReader(value as Buffer);
    expect([reader.tag(), reader.int32(), reader.tag(), reader.string()]).toEqual([[1, 0], code, [2, 2], details]);
  }
}

describe('a message that is too long for a trailer', () => {
  it.each([
    ['ASCII', 'a'.repeat(32_000)],
    ['spaces, three bytes each', ' '.repeat(32_000)],
    ['Chinese, nine bytes a character', '漢'.repeat(30_000)],
    ['emoji, which are two code units', '😀'.repeat(20_000)],
    ['lone surrogates', '\ud800'.repeat(10_000)],
    ['one lone surrogate', 'seed: \udfff'],
    ['line ends and control characters', '\r\n\u0000\u001b'.repeat(10_000)],
    ['percent signs', '%'.repeat(30_000)],
  ])('is cut, and the next call on the connection is served: %s', async (_name, text) => {
    const errors = [
      new ValidationError([{ field: 'settings.ansatz', description: text }]),
      new ValidationError([{ field: text, description: 'is wrong' }]),
      new DomainError('precondition', text),
      Object.assign(new DomainError('precondition', text), { violations: [{ field: text, description: text }] }),
    ];
    for (const error of errors) {
      for (const call of [() => remote.getCapabilities({}), () => remote.sample().receive()]) {
        const received = await failure(error, call);
        expect([status.INVALID_ARGUMENT, status.FAILED_PRECONDITION]).toContain(received.code);
        expect(Buffer.byteLength(received.details)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        expect(trailerBytes(received)).toBeLessThan(PEERS_LIMIT);
        expectDetailsOf(received);
        expect(await remote.getCapabilities({})).toEqual({ capabilities: CAPABILITIES, methods: [] });
      }
    }
  });

  it('of many wrong fields has the first ones and the number of the others', async () => {
    const violations = Array.from({ length: 400 }, (_, i) => ({
      field: `settings.hyperparameters[${i}]`,
      description: `${i} is wrong; right would be 1`,
    }));
    const error = await failure(new ValidationError(violations), () => remote.getCapabilities({}));
    const listed = violationsOf(error);
    const shown = listed.length - 1;
    expectDetailsOf(error);
    expect(shown).toBeGreaterThan(10);
    expect(listed.slice(0, shown)).toEqual(violations.slice(0, shown));
    expect(listed[shown].description).toBe(`and ${400 - shown} more`);
    expect(error.details).toContain(violations[shown - 1].description);
    expect(error.details).toMatch(new RegExp(`; and ${400 - shown} more$`));
    expect(trailerBytes(error)).toBeLessThan(PEERS_LIMIT);
  });

  it('is that of its details, whatever they are, and there are none without a wrong field', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 2_000 });
    const violation = fc.record({ field: text, description: text });
    await fc.assert(
      fc.asyncProperty(text, fc.array(violation, { maxLength: 3 }), async (message, violations) => {
        const refused = Object.assign(new DomainError('already-exists', message), { violations });
        const received = await failure(refused, () => remote.getCapabilities({}));
        expect(received.code).toBe(status.ALREADY_EXISTS);
        expect(received.metadata.get('grpc-status-details-bin')).toHaveLength(Math.min(1, violations.length));
        expectDetailsOf(received);
        expect(trailerBytes(received)).toBeLessThan(PEERS_LIMIT);
      }),
      { numRuns: 30 },
    );
  });

  it('is cut in log lines', async () => {
    const before = server.logged.length;
    await failure(new TypeError(`cannot read ${'x'.repeat(100_000)}`), () => remote.getCapabilities({}));
    const lines = server.logged.slice(before).map((line) => JSON.stringify(line));
    expect(lines.join('')).toContain('cannot read xxx');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(8 * MAX_MESSAGE_BYTES);
  });

  it('is cut in the slot that fails with it', () => {
    const key = { study: 'study', episode: 0, slot: 'fit' } as const;
    const result = { reason: 'invalid', message: `theirs ${'漢'.repeat(40_000)}` } as const;
    const payload = encodeSlot(key, { startedAtMs: 0, endedAtMs: 1, attempt: 1, result });
    expect(payload.byteLength).toBeLessThan(MAX_MESSAGE_BYTES + 100);
    const failure = failureOf(decodeSlot({ key, payload, headers: {}, sequence: 1, timeMs: 0 }));
    expect(failure?.message).toMatch(/^theirs 漢+… \(cut; 40007 characters in all\)$/);
  });

  it('of a peer is cut before it is passed on', async () => {
    const details = 'theirs '.repeat(4_000);
    const { metadata } = badRequestStatus(status.INVALID_ARGUMENT, 'theirs', [{ field: 'a', description: 'b' }]);
    metadata.set('grpc-status-details-bin', Buffer.alloc(6_000, 7));
    const peers = Object.assign(new Error(details), { code: status.INVALID_ARGUMENT, details, metadata });
    const received = await failure(peers, () => remote.getCapabilities({}));
    expect(received.code).toBe(status.INVALID_ARGUMENT);
    expect(received.details).toMatch(/^theirs theirs .*… \(cut; 28000 characters in all\)$/);
    expect(received.metadata.get('grpc-status-details-bin')).toEqual([]);
  });

  it('of a health check or of reflection is cut as well', async () => {
    const health = connect(
      {
        check: {
          path: '/grpc.health.v1.Health/Check',
          requestStream: false,
          responseStream: false,
          // Field 1: the name of a service, a length of two bytes.
          requestSerialize: (name: string) => Buffer.concat([varint(10), varint(name.length), Buffer.from(name)]),
          requestDeserialize: String,
          responseSerialize: () => Buffer.alloc(0),
          responseDeserialize: (bytes: Buffer) => bytes[1],
        },
      },
      server.target,
    );
    try {
      const error = await health.check('%'.repeat(30_000)).catch((failed: ServiceError) => failed);
      expect(error).toMatchObject({ code: status.NOT_FOUND, details: expect.stringContaining('(cut; ') });
      expect(await health.check('live')).toBe(1);
    } finally {
      health.close();
    }
  });
});

function varint(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 127) | 128]), varint(value >> 7)]);
}

describe('boundedMessage', () => {
  it('leaves alone what fits', () => {
    const text = `${'settings.seed: 3 is taken; right would be 4. '.repeat(40)}`;
    expect(boundedMessage(text)).toBe(text);
  });

  it('stays within its limits, plain and percent-encoded, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3_000 }),
        fc.integer({ min: 100, max: 2_048 }),
        (text, limit) => {
          const cut = boundedMessage(text, limit);
          expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
          expect(encodeURI(cut).length).toBeLessThanOrEqual(2 * limit);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('boundedViolations', () => {
  it('shows at least one, however long it is', () => {
    const { shown, more } = boundedViolations(
      Array.from({ length: 3 }, () => ({ field: 'a', description: 'b'.repeat(9_000) })),
    );
    expect([shown.length, more]).toEqual([1, 2]);
  });
});
