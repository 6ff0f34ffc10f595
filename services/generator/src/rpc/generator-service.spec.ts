import { status } from '@grpc/grpc-js';
import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { parseListen } from '@qloom/service-kit/config/listen.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { type RunningServer, startServer } from '@qloom/service-kit/server/server.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type FitCall, fitModel, samplePoints } from '@qloom/study-rpc/clients/generator-client.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog } from '@qloom/testing/test-server.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { chooseTrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import * as tf from '@tensorflow/tfjs-core';
import { criticService } from '../testing/critic-server.ts';
import { twoClouds } from '../testing/quadratic-critic.ts';
import { generatorCapabilities, generatorMethods } from './capabilities.ts';
import { createFitHandler } from './fit.ts';
import { sample } from './sample.ts';

type Generator = Remote<typeof GeneratorServiceService>;

const { log } = createMemoryLog();
const training = twoClouds(40, createRandom('clouds'));
let folder: TempFolder;
let servers: RunningServer[] = [];
let remotes: { close(): void }[] = [];
let generator: Generator;

async function serve(name: string, ...services: Parameters<typeof startServer>[0]['services']): Promise<RunningServer> {
  const { address } = parseListen(folder.socket(name));
  if (!address) throw new Error('no address');
  const server = await startServer({ services, listen: address, log });
  servers.push(server);
  return server;
}

async function kill(server: RunningServer): Promise<void> {
  server.endStreams();
  await server.shutdown(1);
}

/** Serves a generator whose critic is at the socket `critic`. */
async function startGenerator(): Promise<void> {
  const discriminator = connect(DiscriminatorServiceService, folder.socket('critic'));
  const backend = await useBackend();
  const compiled = chooseTrainingSteps({ mode: 'on', backend: backend.name });
  const capabilities = generatorCapabilities('1.2.3', backend, compiled);
  const fit = createFitHandler({ discriminator, log, maxFits: 2, steps: compiled.steps });
  const handlers = { getCapabilities: async () => ({ capabilities, methods: generatorMethods() }), fit, sample };
  const { target } = await serve('generator', bindService(GeneratorServiceService, handlers));
  generator = connect(GeneratorServiceService, target);
  remotes = [discriminator, generator];
}

const choice = (name: string, value: string): HyperparameterSetting => ({
  name,
  value: { value: { $case: 'choice', value } },
});
const integer = (name: string, value: number): HyperparameterSetting => ({
  name,
  value: { value: { $case: 'integer', value } },
});

function fitCall(steps: number, more: Partial<FitCall> & { hyperparameters?: HyperparameterSetting[] } = {}): FitCall {
  const { hyperparameters = [], ...rest } = more;
  return {
    settings: {
      identity: { study: 'test', episode: 0, fold: 0, attempt: 1 },
      seed: 5,
      hyperparameters: [integer('gan.steps', steps), choice('disc.arch', 'mlp'), ...hyperparameters],
      data: undefined,
      checkpointEverySteps: 20,
    },
    training,
    signal: new AbortController().signal,
    onCheckpoint: async () => undefined,
    ...rest,
  };
}

async function draw(model: Uint8Array, classCounts: number[], seed = 1): Promise<{ points: Points; forced: number }> {
  const { points, summary } = await samplePoints(generator, { settings: { seed, classCounts, ungated: false }, model });
  return { points, forced: summary.forced };
}

beforeEach(async () => {
  folder = await createTempFolder();
  await startGenerator();
});

afterEach(async () => {
  for (const remote of remotes) remote.close();
  await Promise.all(servers.map(kill));
  servers = [];
  await folder.remove();
});

describe('GeneratorService', () => {
  it('fits a model against the critic and samples from it, the same points for the same seed', async () => {
    await serve('critic', criticService());
    const checkpoints: number[] = [];
    const { model, summary } = await fitModel(
      generator,
      fitCall(100, { onCheckpoint: async (step) => void checkpoints.push(step) }),
    );
    expect(checkpoints).toEqual([20, 40, 60, 80]);
    expect(summary).toMatchObject({ steps: 100, resumedFromStep: 0 });
    expect(summary.values.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['reconstruction', 'kl', 'diversity', 'moment', 'critic.adversarial', 'residual']),
    );
    const first = await draw(model, [300, 20]);
    expect([...first.points.y].filter((label) => label === 0).length).toBe(300);
    expect(first.points.count).toBe(320);
    expect((await draw(model, [300, 20])).points.x).toEqual(first.points.x);
    expect((await draw(model, [300, 20], 2)).points.x).not.toEqual(first.points.x);
  });

  it('gives the same bits when the critic is killed during the fit and restarted', async () => {
    const first = await serve('critic', criticService());
    const undisturbed = await fitModel(generator, fitCall(80));
    await kill(first);
    const killed = Promise.withResolvers<void>();
    const fragile: RunningServer = await serve(
      'critic',
      criticService(async (index) => {
        if (index !== 53) return;
        killed.resolve(kill(fragile));
        await new Promise(() => undefined);
      }),
    );
    const fitting = fitModel(generator, fitCall(80));
    await killed.promise;
    await serve('critic', criticService());
    const { model, summary } = await fitting;
    expect(summary.resumedFromStep).toBe(40);
    expect(Buffer.from(model).equals(undisturbed.model)).toBe(true);
  });

  it('continues from a checkpoint of another replica', async () => {
    await serve('critic', criticService());
    let resume: Uint8Array | undefined;
    const whole = await fitModel(
      generator,
      fitCall(80, {
        onCheckpoint: async (step, checkpoint) => {
          if (step === 40) resume = checkpoint.slice();
        },
      }),
    );
    const { model, summary } = await fitModel(generator, fitCall(80, { resume }));
    expect(summary.resumedFromStep).toBe(40);
    expect(Buffer.from(model).equals(whole.model)).toBe(true);
    const other = fitModel(generator, fitCall(60, { resume }));
    await expect(other).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    const damaged = fitModel(generator, fitCall(80, { resume: resume?.with(100, resume[100] ^ 1) }));
    await expect(damaged).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining('resume: checkpoint: SHA-256 does not match'),
    });
  });

  it.each([
    [[integer('vae.width', 500)], 'vae.width: 500 is above the maximum 128'],
    [[choice('vae.activation', 'gelu')], '"gelu" is not one of relu, swish, tanh'],
    [[integer('gan.steps', 5)], 'gan.steps is given twice'],
    [[choice('method', 'shot-resampling')], 'method shot-resampling: features must be expectations'],
  ])('refuses invalid hyperparameters (case %#)', async (hyperparameters, message) => {
    const fit = fitModel(generator, fitCall(10, { hyperparameters }));
    await expect(fit).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining(message),
    });
  });

  it('answers INVALID_ARGUMENT to wrong shapes, values and order', async () => {
    const { settings } = fitCall(10);
    const answerTo = async (...parts: Parameters<ReturnType<Generator['fit']>['send']>[0][]) => {
      const call = generator.fit();
      call
        .sendAll(parts)
        .then(() => call.closeSend())
        .catch(() => undefined);
      for await (const _ of call);
    };
    const [points] = encodePoints(training);
    const start = { part: { $case: 'settings', value: settings } } as const;
    const train = (value: typeof points) => ({ part: { $case: 'training', value } }) as const;
    const wrong: [() => Promise<void>, string][] = [
      [() => answerTo(start), 'training'],
      [() => answerTo(train(points)), 'settings: did not come before training'],
      [() => answerTo(start, train({ ...points, y: encodeTensor(new Int32Array(3)) })), 'training.y: has shape [3]'],
      [() => answerTo(start, train({ ...points, x: encodeTensor(training.x.with(5, Number.NaN), [40, 2]) })), 'NaN'],
      [() => answerTo(start, train({ ...points, y: encodeTensor(training.y.with(0, 9)) })), 'training.y[0]: is 9'],
      [
        () => answerTo({ part: { $case: 'settings', value: { ...settings, identity: undefined } } }, train(points)),
        'settings.identity: is not set',
      ],
    ];
    for (const [answer, message] of wrong) {
      await expect(answer()).rejects.toMatchObject({
        code: status.INVALID_ARGUMENT,
        details: expect.stringContaining(message),
      });
    }
    await expect(draw(new Uint8Array(60), [1, 1])).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('frees its tensors and releases the critic when the call is cancelled', async () => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const released = Promise.withResolvers<void>();
    await serve(
      'critic',
      criticService((index, signal) => {
        if (index !== 10) return;
        signal.addEventListener('abort', () => released.resolve());
        controller.abort();
        return new Promise(() => undefined);
      }),
    );
    const fit = fitModel(generator, fitCall(100, { signal: controller.signal }));
    await expect(fit).rejects.toMatchObject({ code: status.CANCELLED });
    await released.promise;
    while (tf.memory().numTensors !== before) await new Promise((resolve) => setImmediate(resolve));
  });

  it('refuses more concurrent fits than its maximum', async () => {
    const held = Promise.withResolvers<void>();
    await serve(
      'critic',
      criticService(() => held.promise),
    );
    const fits = [fitModel(generator, fitCall(2)), fitModel(generator, fitCall(2))];
    await expect(fitModel(generator, fitCall(2))).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    held.resolve();
    await Promise.all(fits);
  });

  it('advertises the table by which it checks hyperparameters', async () => {
    const { capabilities } = await generator.getCapabilities({});
    expect(capabilities).toMatchObject({ service: 'qloom.generator', version: '1.2.3' });
    const selected = capabilities?.engines.filter((engine) => engine.selected);
    expect(selected?.map(({ name }) => name)).toEqual(['compiled', 'wasm']);
    const width = capabilities?.hyperparameters.find(({ name }) => name === 'vae.width');
    expect(width).toMatchObject({
      minimum: 16,
      maximum: 128,
      condition: { parameter: 'method', values: ['gan', 'cvae'] },
    });
    expect(width?.defaultValue).toEqual({ value: { $case: 'integer', value: 32 } });
    const ratio = capabilities?.hyperparameters.find(({ name }) => name === 'synthRatio');
    expect(ratio).toMatchObject({ zeroAllowed: true, minimum: 0.25, maximum: 8 });
  });
});
