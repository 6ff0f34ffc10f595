import { credentials, makeClientConstructor, type ServiceError, status } from '@grpc/grpc-js';
import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { connect } from '../client/clients.ts';
import { requestTypeOf } from './contract-descriptors.ts';
import type { RpcMethod, ServiceDefinition } from './definition.ts';
import { bindService, type Handlers } from './handlers.ts';

const CAPABILITIES = { service: 'test', version: '1.0.0', engines: [], limits: [], hyperparameters: [] };

/** How each handler's reading ended. */
const endings = createSignalBoard<{ method: string; error: unknown }>();

let server: TestServer;

beforeAll(async () => {
  // biome-ignore lint/correctness/useYield: it only reads.
  const reading = async function* (method: string, requests: AsyncIterable<unknown>): AsyncGenerator<never> {
    try {
      for await (const _request of requests);
      endings.post({ method, error: undefined });
    } catch (error) {
      endings.post({ method, error });
      throw error;
    }
  };
  const agent = Object.fromEntries(
    Object.keys(AgentServiceService).map((name) => [
      name,
      async (request: AsyncIterable<unknown> | object) => {
        if (Symbol.asyncIterator in request) for await (const _message of request as AsyncIterable<unknown>);
        throw new Error('no request should have come this far');
      },
    ]),
  ) as unknown as Handlers<typeof AgentServiceService>;
  server = await startTestServer(
    bindService(GeneratorServiceService, {
      getCapabilities: () => ({ capabilities: CAPABILITIES, methods: [] }),
      fit: (requests) => reading('fit', requests),
      sample: (requests) => reading('sample', requests),
    }),
    bindService(AgentServiceService, agent),
  );
});

afterAll(() => server.stop());

/** Sends bytes instead of a message; resolves with the status. */
function send(method: RpcMethod<unknown, unknown>, ...messages: Buffer[]): Promise<ServiceError> {
  const raw = { ...method, requestSerialize: (bytes: unknown) => bytes as Buffer };
  const client = new (makeClientConstructor({ raw } as never, 'raw'))(server.target, credentials.createInsecure());
  return new Promise<ServiceError>((resolve) => {
    const { path, requestSerialize, responseDeserialize } = raw;
    const done = (error: ServiceError | null): void => {
      if (error !== null) resolve(error);
    };
    if (!raw.requestStream && !raw.responseStream) {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, messages[0], done);
      return;
    }
    if (!raw.requestStream) {
      client
        .makeServerStreamRequest(path, requestSerialize, responseDeserialize, messages[0])
        .on('error', done)
        .resume();
      return;
    }
    const call = raw.responseStream
      ? client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
      : client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, done);
    call.on('error', done);
    if (raw.responseStream) call.on('data', () => {});
    // The sending is left open: the answer must not wait for its end.
    for (const message of messages) call.write(message);
  }).finally(() => client.close());
}

const methodOf = (definition: ServiceDefinition, name: string): RpcMethod<unknown, unknown> => definition[name];

const MALFORMED = [
  ['a length beyond the end', Buffer.from([10, 20, 0x61])],
  ['a number that never ends', Buffer.alloc(11, 0xff)],
  ['an undefined wire type', Buffer.from([15, 5])],
  ['field 0', Buffer.from([0, 0, 0])],
  ['an end of a group without its beginning', Buffer.from([12])],
  ['groups in groups without end', Buffer.alloc(100_000, 11)],
] as const;

describe('bytes that are no message of the method', () => {
  it.each([
    ['unary', GeneratorServiceService, 'getCapabilities', 'qloom.generator.v1.GetCapabilitiesRequest'],
    ['bidirectional', GeneratorServiceService, 'sample', 'qloom.generator.v1.SampleRequest'],
    ['client-streaming', AgentServiceService, 'putDataset', 'qloom.agent.v1.PutDatasetRequest'],
    ['server-streaming', AgentServiceService, 'watchStudy', 'qloom.agent.v1.WatchStudyRequest'],
  ] as const)('are INVALID_ARGUMENT, with the type of the message: %s', async (_kind, definition, name, type) => {
    for (const [what, bytes] of MALFORMED) {
      const { code, details } = await send(methodOf(definition, name), bytes);
      expect([what, code]).toEqual([what, status.INVALID_ARGUMENT]);
      expect(details).toMatch(new RegExp(`; right would be a protobuf message of the type ${type}$`));
    }
  });

  it('name the type of a message of a contract, and none of another service', async () => {
    expect(requestTypeOf('/qloom.discriminator.v1.DiscriminatorService/Critique')).toBe(
      'qloom.discriminator.v1.CritiqueRequest',
    );
    expect(requestTypeOf('/grpc.health.v1.Health/Check')).toBeUndefined();
  });

  it('are text that is not UTF-8, too', async () => {
    const name = Buffer.from([10, 2, 0xff, 0xfe]);
    const { code, details } = await send(methodOf(AgentServiceService, 'getStudy'), name);
    expect([code, details]).toEqual([status.INVALID_ARGUMENT, expect.stringContaining('GetStudyRequest')]);
  });

  it('end a stream whose first messages were valid, and its handler', async () => {
    const good = GeneratorServiceService.sample.requestSerialize({
      part: { $case: 'settings', value: { seed: 1, classCounts: [], ungated: false } },
    });
    const before = endings.all.length;
    const error = await send(methodOf(GeneratorServiceService, 'sample'), good, Buffer.from([10, 20, 0x61]));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    await endings.find((ending) => endings.all.indexOf(ending) >= before);
    expect(endings.all.at(-1)).toMatchObject({ method: 'sample', error: { code: 'cancelled' } });
  });

  it('of a health check are the same', async () => {
    const check = { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false };
    const error = await send(check as RpcMethod<unknown, unknown>, Buffer.from([10, 20, 0x61]));
    expect(error).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(/message of the type the request of grpc.health.v1.Health\/Check$/),
    });
  });

  it('leave the server alive', async () => {
    const remote = connect(GeneratorServiceService, server.target);
    expect(await remote.getCapabilities({})).toEqual({ capabilities: CAPABILITIES, methods: [] });
    remote.close();
  });
});
