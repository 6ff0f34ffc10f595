import type { ServiceError } from '@grpc/grpc-js';
import {
  type GeneratorServiceService as Generator,
  GeneratorServiceService,
  type SampleRequest,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { type ConnectOptions, connect, type Remote } from '../client/clients.ts';
import { bindService, type CallContext, type Handlers } from '../server/handlers.ts';

/** A generator in this process and its clients; what a test opened is closed after it. */
export interface ServedGenerator {
  /** Serves these handlers; the others answer with nothing. */
  serve(handlers: Partial<Handlers<Generator>>): Promise<TestServer>;
  /** Connects to a target. */
  open(target: string, options?: ConnectOptions): Remote<Generator>;
}

/** Registers the hook that closes servers and clients after each test. */
export function serveGenerator(): ServedGenerator {
  const servers: TestServer[] = [];
  const remotes: Remote<Generator>[] = [];
  afterEach(async () => {
    for (const remote of remotes.splice(0)) remote.close();
    for (const server of servers.splice(0)) await server.stop();
  });
  return {
    async serve(handlers) {
      const server = await startTestServer(
        bindService(GeneratorServiceService, {
          getCapabilities: async () => ({ capabilities: CAPABILITIES, methods: [] }),
          async *fit() {},
          async *sample() {},
          ...handlers,
        }),
      );
      servers.push(server);
      return server;
    },
    open(target, options) {
      const remote = connect(GeneratorServiceService, target, options);
      remotes.push(remote);
      return remote;
    },
  };
}

/** An answer of GetCapabilities. */
export const CAPABILITIES = { service: 'test', version: '1.0.0', engines: [], limits: [], hyperparameters: [] };

/** A request of Sample with this seed. */
export const settings = (seed: number): SampleRequest => ({
  part: { $case: 'settings', value: { seed, classCounts: [], ungated: false } },
});

/** The last answer of Sample. */
export const summary = (count: number) => ({
  part: { $case: 'summary' as const, value: { count, drawn: 0, acceptance: 1, forced: 0 } },
});

/** The seed of a request; −1 for one without settings. */
export const seedOf = (request: SampleRequest | undefined): number =>
  request?.part?.$case === 'settings' ? request.part.value.seed : -1;

/** The error of a call. Rejects when the call succeeds. */
export const failure = async (work: Promise<unknown>): Promise<ServiceError> =>
  work.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error as ServiceError,
  );

/** Resolves with the reason when the signal aborts. */
export const aborted = ({ signal }: CallContext): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    else signal.addEventListener('abort', () => resolve(signal.reason));
  });
