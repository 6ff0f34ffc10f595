import { type ServiceError, status } from '@grpc/grpc-js';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog } from '@qloom/testing/test-server.ts';
import { service as healthDefinition } from 'grpc-health-check';
import { connect } from '../client/clients.ts';
import { COMMON_CONFIG } from '../config/common-config.ts';
import { loadConfig } from '../config/config.ts';
import type { BackgroundWork } from '../stage/background-work.ts';
import type { RpcMethod } from './definition.ts';
import { bindService } from './handlers.ts';
import { startService } from './start-service.ts';

type HealthMethod<Streams extends boolean> = RpcMethod<{ service: string }, { status: string }> & {
  readonly requestStream: false;
  readonly responseStream: Streams;
};
const HEALTH = healthDefinition as unknown as { Check: HealthMethod<false>; Watch: HealthMethod<true> };

let folder: TempFolder;
beforeEach(async () => {
  folder = await createTempFolder();
});
afterEach(() => folder.remove());

const CAPABILITIES = { service: 'test', version: '1.0.0', engines: [], limits: [], hyperparameters: [] };

it('drains in the order that loses no work', async () => {
  const order: string[] = [];
  const unaryStarted = Promise.withResolvers<void>();
  const releaseUnary = Promise.withResolvers<void>();
  const stageDraining = Promise.withResolvers<void>();
  const releaseStage = Promise.withResolvers<void>();
  const stage: BackgroundWork = {
    start: (self) => order.push(`stage started, ${self === folder.socket('s') ? 'self known' : self}`),
    async drain() {
      order.push('stage draining');
      stageDraining.resolve();
      await releaseStage.promise;
      order.push('stage drained');
    },
    done: new Promise(() => {}),
  };
  const service = await startService(
    {
      name: 'test',
      description: '',
      config: {},
      build: () => ({
        services: [
          bindService(GeneratorServiceService, {
            async getCapabilities() {
              unaryStarted.resolve();
              await releaseUnary.promise;
              order.push('unary finished');
              return { capabilities: CAPABILITIES, methods: [] };
            },
            async *fit() {},
            async *sample(requests) {
              for await (const _request of requests) {
                yield { part: { $case: 'summary', value: { count: 1, drawn: 0, acceptance: 1, forced: 0 } } };
              }
            },
          }),
        ],
        stages: [stage],
        close: async () => void order.push('closed'),
      }),
    },
    loadConfig(COMMON_CONFIG, { QLOOM_LISTEN: folder.socket('s') }),
    createMemoryLog().log,
  );
  const remote = connect(GeneratorServiceService, service.target);
  const health = connect(HEALTH, service.target);
  const check = async (name: string) => (await health.Check({ service: name })).status;
  const watch = health.Watch({ service: 'ready' });
  expect((await watch.receive())?.status).toBe('SERVING');
  expect(await check('')).toBe('SERVING');
  expect(await check('qloom.generator.v1.GeneratorService')).toBe('SERVING');

  const stream = remote.sample();
  await stream.exchange({ part: undefined });
  const streamEnd = stream.receive().catch((error: ServiceError) => {
    order.push('stream ended');
    return error;
  });
  const unary = remote.getCapabilities({});
  await unaryStarted.promise;

  const drained = service.drain();
  await stageDraining.promise;
  // While the stage finishes: not ready, alive, and its own calls still get through.
  expect((await watch.receive())?.status).toBe('NOT_SERVING');
  expect([await check('ready'), await check(''), await check('live')]).toEqual([
    'NOT_SERVING',
    'NOT_SERVING',
    'SERVING',
  ]);
  releaseStage.resolve();
  expect(await streamEnd).toMatchObject({ code: status.UNAVAILABLE });
  await expect(watch.receive()).rejects.toMatchObject({ code: status.UNAVAILABLE });
  releaseUnary.resolve();
  await expect(unary).resolves.toEqual({ capabilities: CAPABILITIES, methods: [] });
  expect(await drained).toBe(true);
  expect(order).toEqual([
    'stage started, self known',
    'stage draining',
    'stage drained',
    'stream ended',
    'unary finished',
    'closed',
  ]);
  remote.close();
  health.close();
});

it('continues to drain when a step fails, and reports that not all was finished', async () => {
  const { log, lines } = createMemoryLog();
  const order: string[] = [];
  const service = await startService(
    {
      name: 'test',
      description: '',
      config: {},
      build: () => ({
        services: [],
        stages: [{ start() {}, drain: () => Promise.reject(new Error('nak failed')), done: new Promise(() => {}) }],
        close: async () => void order.push('closed'),
      }),
    },
    loadConfig(COMMON_CONFIG, { QLOOM_LISTEN: folder.socket('s') }),
    log,
  );
  expect(await service.drain()).toBe(false);
  expect(await service.drain()).toBe(false);
  expect(order).toEqual(['closed']);
  expect(JSON.stringify(lines)).toContain('nak failed');
});

it('is not ready, but alive, while a stage is in trouble', async () => {
  let tell: ((problem: string | undefined) => void) | undefined;
  const stage = {
    watchTrouble: (listener: (problem: string | undefined) => void) => void (tell = listener),
    start() {},
    drain: async () => {},
    done: new Promise<void>(() => {}),
  };
  const { log, lines } = createMemoryLog();
  const service = await startService(
    { name: 'test', description: '', config: {}, build: () => ({ services: [], stages: [stage] }) },
    loadConfig(COMMON_CONFIG, { QLOOM_LISTEN: folder.socket('s') }),
    log,
  );
  const health = connect(HEALTH, service.target);
  const check = async (name: string) => (await health.Check({ service: name })).status;
  expect(await check('ready')).toBe('SERVING');
  tell?.('no connection to the log');
  expect([await check('ready'), await check('live')]).toEqual(['NOT_SERVING', 'SERVING']);
  expect(JSON.stringify(lines)).toContain('no connection to the log');
  tell?.(undefined);
  expect(await check('ready')).toBe('SERVING');
  health.close();
  await service.drain();
});
