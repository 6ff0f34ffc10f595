import { status } from '@grpc/grpc-js';
import {
  type CritiqueOpen,
  type CritiqueRequest,
  type CritiqueResponse,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { BidiCall } from '@qloom/service-kit/client/calls.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { decodeTensor, encodeBytes, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { type BackendChoice, useBackend } from '@qloom/tfjs/backends/backend.ts';
import { chooseTrainingSteps, type TrainingSteps, type TrainingStepsChoice } from '@qloom/tfjs/steps/training-steps.ts';
import * as tf from '@tensorflow/tfjs-core';
import { createAttemptRegistry } from '../domain/attempts.ts';
import { discriminatorCapabilities } from './capabilities.ts';
import { critiqueHandler } from './critique.ts';

type Call = BidiCall<CritiqueRequest, CritiqueResponse>;
type Part = NonNullable<CritiqueRequest['part']>;

const random = createRandom('critique');
const training = {
  count: 30,
  features: 4,
  classes: 3,
  x: random.normals(120),
  y: Int32Array.from({ length: 30 }, (_, i) => i % 3),
};
const labels = Int32Array.from({ length: 16 }, (_, i) => i % 3);

let backend: BackendChoice;
let compiled: TrainingStepsChoice;
let server: TestServer;
let remote: Remote<typeof DiscriminatorServiceService>;

async function serve(steps?: TrainingSteps): Promise<void> {
  server = await startTestServer(
    bindService(DiscriminatorServiceService, {
      getCapabilities: () => ({ capabilities: discriminatorCapabilities('1.2.3', backend, compiled) }),
      critique: critiqueHandler({ attempts: createAttemptRegistry(), maxCritics: 3, steps }),
      assess: async () => ({ report: undefined }),
    }),
  );
  remote = connect(DiscriminatorServiceService, server.target);
}

beforeAll(async () => {
  backend = await useBackend({ force: 'wasm' });
  compiled = chooseTrainingSteps({ mode: 'on', backend: backend.name });
});
afterEach(async () => {
  remote.close();
  await server.stop();
});

const open = (changes: Partial<CritiqueOpen> = {}): Part => ({
  $case: 'open',
  value: {
    study: 'study',
    episode: 1,
    fold: 0,
    attempt: 1,
    seed: 5,
    hyperparameters: [{ name: 'disc.filters', value: { value: { $case: 'choice', value: '8' } } }],
    objectiveWeights: [{ name: 'adversarial', value: 1 }],
    data: undefined,
    ...changes,
  },
});

async function start(changes: Partial<CritiqueOpen> = {}, resume?: Uint8Array): Promise<Call> {
  const call = remote.critique();
  await call.send({ part: open(changes) });
  for (const value of encodePoints(training)) await call.send({ part: { $case: 'training', value } });
  if (resume) for (const value of encodeBytes(resume)) await call.send({ part: { $case: 'resume', value } });
  return call;
}

async function opened(changes: Partial<CritiqueOpen> = {}, resume?: Uint8Array): Promise<Call> {
  const call = await start(changes, resume);
  const answer = await ask(call, { $case: 'start', value: {} });
  expect(answer?.$case).toBe('opened');
  return call;
}

const ask = async (call: Call, part: Part) => (await call.exchange({ part })).part;

const step = (index: number, update = true, x = createRandom(index).normals(64), shape = [16, 4]): Part => ({
  $case: 'step',
  value: { index, x: encodeTensor(x, shape), classes: encodeTensor(labels), update, wantGradient: true },
});

async function gradientOf(call: Call, index: number): Promise<number[]> {
  const answer = await ask(call, step(index));
  if (answer?.$case !== 'stepResult') throw new Error(`answered ${answer?.$case}`);
  return [...decodeTensor(answer.value.gradient, { dtype: 'float32', shape: [16, 4], finite: true })];
}

async function finish(call: Call): Promise<void> {
  expect((await ask(call, { $case: 'close', value: {} }))?.$case).toBe('closed');
  expect(await call.receive()).toBeUndefined();
}

/** Waits for turns of the event loop until the process has as many tensors as before. */
async function tensorsBackTo(base: number): Promise<void> {
  while (tf.memory().numTensors !== base) await new Promise((resolve) => setImmediate(resolve));
}

describe('DiscriminatorService.Critique', () => {
  beforeEach(() => serve(compiled.steps));

  it('judges, trains, checkpoints and closes in lock-step, and frees its tensors', async () => {
    const base = tf.memory().numTensors;
    const call = await opened();
    for (let index = 0; index < 3; index++) {
      const answer = await ask(call, step(index));
      if (answer?.$case !== 'stepResult') throw new Error(`answered ${answer?.$case}`);
      const { value } = answer;
      expect(value.index).toBe(index);
      expect(decodeTensor(value.logits, { dtype: 'float32', shape: [16], finite: true })).toHaveLength(16);
      const names = value.losses.map(({ name }) => name);
      expect(names.slice(0, 2)).toEqual(['adversarial', 'feature-matching']);
      expect(names.includes('critic.loss')).toBe(index > 0);
    }
    await finish(call);
    await tensorsBackTo(base);
  });

  it('continues from a checkpoint on another stream with the same answers', async () => {
    const call = await opened();
    for (let index = 0; index < 3; index++) await gradientOf(call, index);
    const state = createByteAssembler('checkpoint');
    await call.send({ part: { $case: 'checkpoint', value: {} } });
    while (!state.complete) {
      const part = (await call.receive())?.part;
      if (part?.$case !== 'checkpointChunk') throw new Error(`answered ${part?.$case}`);
      state.add(part.value);
    }
    const expected = [await gradientOf(call, 3), await gradientOf(call, 4)];
    const other = await opened({ attempt: 2 }, state.bytes());
    expect([await gradientOf(other, 3), await gradientOf(other, 4)]).toEqual(expected);
    call.cancel();
    await finish(other);
  });

  it('gives two concurrent fits the same answers as each alone', async () => {
    const alone: number[][] = [];
    for (const fold of [0, 1]) {
      const call = await opened({ fold, seed: fold });
      for (let index = 0; index < 4; index++) alone.push(await gradientOf(call, index));
      await finish(call);
    }
    const calls = [await opened({ fold: 2, seed: 0 }), await opened({ fold: 3, seed: 1 })];
    const together = await Promise.all(
      calls.map(async (call) => {
        const gradients: number[][] = [];
        for (let index = 0; index < 4; index++) gradients.push(await gradientOf(call, index));
        return gradients;
      }),
    );
    expect(together.flat()).toEqual(alone);
    for (const call of calls) call.cancel();
  });

  it.each([
    ['a wrong shape', step(0, true, new Float32Array(48), [16, 3]), 'INVALID_ARGUMENT', 'step.x'],
    [
      'classes that do not match',
      {
        $case: 'step',
        value: {
          index: 0,
          x: encodeTensor(new Float32Array(8), [2, 4]),
          classes: encodeTensor(labels),
          update: true,
          wantGradient: true,
        },
      } as Part,
      'INVALID_ARGUMENT',
      'step.classes',
    ],
    [
      'no points',
      {
        $case: 'step',
        value: { index: 0, x: undefined, classes: undefined, update: true, wantGradient: true },
      } as Part,
      'INVALID_ARGUMENT',
      'step.x',
    ],
    ['a skipped index', step(1), 'FAILED_PRECONDITION', 'index 1 where 0 is next'],
    [
      'a part out of order',
      open(),
      'INVALID_ARGUMENT',
      'open: is out of order; right would be step, checkpoint or close',
    ],
    [
      'values that are not finite',
      step(0, true, new Float32Array(64).fill(Number.NaN)),
      'OUT_OF_RANGE',
      'the generator diverged',
    ],
  ] as const)('ends the stream on %s', async (_case, part, code, details) => {
    const base = tf.memory().numTensors;
    const call = await opened();
    await expect(ask(call, part)).rejects.toMatchObject({
      code: status[code],
      details: expect.stringContaining(details),
    });
    await tensorsBackTo(base);
  });

  it('refuses a repeated index', async () => {
    const call = await opened();
    await ask(call, step(0));
    await expect(ask(call, step(0))).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  });

  it('refuses a stale attempt, at the start and after a later one has come', async () => {
    const first = await opened({ attempt: 2 });
    await ask(first, step(0));
    const stale = await start({ attempt: 1 });
    await expect(ask(stale, { $case: 'start', value: {} })).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining('attempt 1 is stale; attempt 2 was seen'),
    });
    const later = await opened({ attempt: 3 });
    await expect(ask(first, step(1))).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    await finish(later);
  });

  it.each([
    [
      'an unknown architecture',
      { hyperparameters: [{ name: 'disc.arch', value: { value: { $case: 'choice', value: 'cnn' } } }] },
      'disc.arch: "cnn" is not one of',
    ],
    [
      'a value out of range',
      { hyperparameters: [{ name: 'gan.lrD', value: { value: { $case: 'real', value: 3 } } }] },
      'gan.lrD: 3 is above the maximum 0.004',
    ],
    ['an unknown objective', { objectiveWeights: [{ name: 'utility', value: 1 }] }, 'objective utility'],
  ] as const)('refuses %s', async (_case, changes, details) => {
    const call = remote.critique();
    await expect(ask(call, open(changes as unknown as Partial<CritiqueOpen>))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining(details),
    });
  });

  it('refuses more critics than its maximum, and accepts one again after another ends', async () => {
    const calls = [await opened({ fold: 1 }), await opened({ fold: 2 }), await opened({ fold: 3 })];
    await expect(ask(remote.critique(), open({ fold: 4 }))).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await finish(calls[0]);
    await finish(await opened({ fold: 4 }));
    for (const call of calls.slice(1)) call.cancel();
  });

  it('answers other calls while critics train', async () => {
    const call = await opened({
      hyperparameters: [{ name: 'gan.dSteps', value: { value: { $case: 'choice', value: '3' } } }],
    });
    let turns = 0;
    const busy = (async () => {
      for (let index = 0; index < 10; index++) await ask(call, step(index));
    })();
    let learning = true;
    void busy.then(() => {
      learning = false;
    });
    while (learning) {
      await remote.getCapabilities({});
      turns++;
    }
    await busy;
    // At least one probe is answered during every step: none of them waits for the whole fit.
    expect(turns).toBeGreaterThanOrEqual(10);
    await finish(call);
  });
});

describe('DiscriminatorService.Critique, eager', () => {
  beforeEach(() => serve());

  it('holds no tensor between steps, and frees those of a step that is cancelled or whose client goes away', async () => {
    const base = tf.memory().numTensors;
    const call = await opened();
    await ask(call, step(0));
    await tensorsBackTo(base);
    void call.send({ part: step(1) });
    call.cancel();
    const leaving = connect(DiscriminatorServiceService, server.target);
    const other = leaving.critique();
    await other.send({ part: open() });
    for (const value of encodePoints(training)) await other.send({ part: { $case: 'training', value } });
    await other.exchange({ part: { $case: 'start', value: {} } });
    void other.send({ part: step(0) });
    other.cancel();
    leaving.close();
    // By the end of a whole critic after them, the steps above have begun and ended: what they did not free is still counted.
    const last = await opened({ fold: 1 });
    await ask(last, step(0));
    await finish(last);
    await tensorsBackTo(base);
  });

  it('keeps as many tensors after every step', async () => {
    const call = await opened({
      hyperparameters: [{ name: 'disc.arch', value: { value: { $case: 'choice', value: 'mlp' } } }],
    });
    const kept = new Set<number>();
    for (let index = 0; index < 100; index++) {
      await ask(call, step(index));
      if (index > 0) kept.add(tf.memory().numTensors);
    }
    expect(kept.size).toBe(1);
    await finish(call);
  });
});

describe('DiscriminatorService.GetCapabilities', () => {
  beforeEach(() => serve());

  it('advertises its hyperparameters, limits and engines', async () => {
    const { capabilities } = await remote.getCapabilities({});
    expect(capabilities).toMatchObject({ service: 'qloom.discriminator', version: '1.2.3' });
    expect(capabilities?.hyperparameters.map(({ name }) => name)).toEqual([
      'disc.arch',
      'disc.convLayers',
      'disc.kernel',
      'disc.filters',
      'gan.loss',
      'gan.lrD',
      'gan.dSteps',
      'gan.r1Gamma',
    ]);
    expect(capabilities?.hyperparameters[1]).toMatchObject({
      choices: ['1', '2', '3'],
      condition: { parameter: 'disc.arch', values: ['conv', 'conv-residual'] },
    });
    const selected = capabilities?.engines.filter((engine) => engine.selected);
    expect(selected?.map(({ name }) => name)).toEqual(['compiled', 'wasm']);
  });
});
