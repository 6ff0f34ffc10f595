import { createRandom } from '@qloom/random/random.ts';
import type { HyperparameterValue } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { createArrayStepBuilder } from '@qloom/tfjs/steps/array-step.ts';
import { createStepCache } from '@qloom/tfjs/steps/step-cache.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError, DivergedError, InvalidPointsError, OutOfOrderError } from '../errors.ts';
import { type CritiqueSession, type CritiqueStepResult, openCritiqueSession } from './critique-session.ts';
import { criticSettings } from './settings.ts';

const FEATURES = 4;
const CLASSES = 3;
const BATCH = 32;

/** Three well separated classes of correlated features on different scales. */
function realPoints(count = 60): Points {
  const random = createRandom('real');
  const y = Int32Array.from({ length: count }, (_, i) => i % CLASSES);
  const x = new Float32Array(count * FEATURES);
  for (let i = 0; i < count; i++) {
    const common = random.normal();
    for (let j = 0; j < FEATURES; j++) {
      x[i * FEATURES + j] = 10 ** (j - 1) * (3 * Math.cos(y[i] * 2 + j) + 0.5 * common + 0.3 * random.normal());
    }
  }
  return { count, features: FEATURES, classes: CLASSES, x, y };
}

const training = realPoints();
const classes = Int32Array.from({ length: BATCH }, (_, i) => i % CLASSES);

/** Synthetic points, shifted in every feature by one standard deviation. */
function fakePoints(seed: number): Float32Array {
  const random = createRandom(`fake ${seed}`);
  return Float32Array.from({ length: BATCH * FEATURES }, (_, i) => 10 ** ((i % FEATURES) - 1) * (2 + random.normal()));
}

/** Compiled steps that the sessions train with; set by the suite. */
let steps: TrainingSteps | undefined;

function open(
  hyperparameters: Record<string, HyperparameterValue> = {},
  resume?: Uint8Array,
  weights = { adversarial: 1 },
) {
  const settings = criticSettings(hyperparameters, weights);
  return openCritiqueSession({ settings, training, seed: 7, resume, steps });
}

async function train(session: CritiqueSession, steps: number) {
  for (let i = 0; i < steps; i++) {
    const index = session.nextIndex;
    await session.step({ index, x: fakePoints(index), classes, update: true, wantGradient: false });
  }
}

const look = (session: CritiqueSession, x = fakePoints(0)) =>
  session.step({ index: session.nextIndex, x, classes, update: false, wantGradient: true });

const combinations = ['conv', 'conv-residual', 'mlp'].flatMap((arch) =>
  ['ns+R1', 'hinge+SN', 'wgan-gp'].map(
    (loss) => [`${arch} and ${loss}`, { 'disc.arch': arch, 'gan.loss': loss }] as const,
  ),
);

beforeAll(() => useBackend({ force: 'wasm' }));

const compiledSteps = createStepCache(createArrayStepBuilder(), { idle: 64 });

describe.each([
  ['eager', undefined],
  ['compiled', compiledSteps],
])('openCritiqueSession, %s', (_mode, given) => {
  beforeAll(() => {
    steps = given;
  });

  it.each(combinations)('learns to recognize wrong points with %s', async (_name, hyperparameters) => {
    const session = open({ ...hyperparameters, 'gan.lrD': 4e-3, 'disc.filters': 8 });
    await train(session, 20);
    const { losses } = await look(session);
    expect(losses['critic.real_logit'] - losses['critic.fake_logit']).toBeGreaterThan(0.3);
    session.close();
  });

  it.each(combinations)('gives the gradient of its weighted objectives with %s', async (_name, hyperparameters) => {
    const weights = { adversarial: 0.7, 'feature-matching': 0.3 };
    const settings = { ...hyperparameters, 'disc.filters': 8, 'disc.convLayers': 3, 'disc.kernel': 5 };
    const first = open(settings, undefined, weights);
    await train(first, 5);
    const { bytes } = await first.checkpoint();
    first.close();
    // Every call of `look` is the same step of the same critic: the same real batch, the same augmentation.
    const at = async (x: Float32Array) => {
      const session = open(settings, bytes, weights);
      const result = await look(session, x);
      session.close();
      return result;
    };
    const x = fakePoints(3);
    const gradient = (await at(x)).gradient as Float32Array;
    // Ascent in every coordinate, by the deviation of that feature.
    const direction = gradient.map((g, i) => 10 ** ((i % FEATURES) - 1) * Math.sign(g));
    const objective = async (step: number) => {
      const { losses } = await at(x.map((value, i) => value + step * direction[i]));
      return 0.7 * losses.adversarial + 0.3 * losses['feature-matching'];
    };
    const slope = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
    const h = 2e-3;
    const measured = ((await objective(h)) - (await objective(-h))) / (2 * h);
    // float32 losses have noise of about 1e-4; a kink of a leaky ReLU within h adds a little.
    expect(Math.abs(slope - measured) / Math.abs(slope)).toBeLessThan(0.01);
  });

  it('does not change if update is false', async () => {
    const [plain, watched] = [open({}), open({})];
    await train(plain, 2);
    await train(watched, 2);
    const before = (await watched.checkpoint()).bytes;
    for (let i = 0; i < 3; i++) await look(watched);
    // Only the index changes: parameters and draws are bit for bit the same.
    const strip = (bytes: Uint8Array) =>
      Buffer.from(bytes)
        .toString('latin1')
        .replace(/"nextIndex":\d+/, '');
    expect(strip((await watched.checkpoint()).bytes)).toBe(strip(before));
    expect(strip((await plain.checkpoint()).bytes)).toBe(strip(before));
    for (const session of [plain, watched]) session.close();
  });

  it.each(combinations)('continues bit for bit from a checkpoint with %s', async (_name, hyperparameters) => {
    const settings = { ...hyperparameters, 'gan.dSteps': 2, 'disc.filters': 8 };
    const undisturbed = open(settings);
    await train(undisturbed, 5);
    const interrupted = open(settings);
    await train(interrupted, 2);
    const { bytes, sha256 } = await interrupted.checkpoint();
    interrupted.close();
    const resumed = open(settings, bytes);
    expect(resumed.nextIndex).toBe(2);
    expect((await resumed.checkpoint()).sha256).toBe(sha256);
    await train(resumed, 3);
    expect(await look(resumed)).toEqual(await look(undisturbed));
    expect(await resumed.checkpoint()).toEqual(await undisturbed.checkpoint());
    for (const session of [undisturbed, resumed]) session.close();
  });

  it('makes gan.dSteps updates per step, after the answer', async () => {
    const session = open({ 'gan.dSteps': 3 });
    const before = (await session.checkpoint()).bytes;
    await session.step({ index: 0, x: fakePoints(0), classes, update: true, wantGradient: false });
    for (const more of [true, true, false, false]) expect(await session.advance()).toBe(more);
    expect(Buffer.compare(Buffer.from((await session.checkpoint()).bytes), Buffer.from(before))).not.toBe(0);
    session.close();
  });

  it('refuses a repeated and a skipped index, and continues with the right one', async () => {
    const session = open();
    await train(session, 1);
    const step = (index: number) =>
      session.step({ index, x: fakePoints(0), classes, update: false, wantGradient: false });
    await expect(step(0)).rejects.toThrow(OutOfOrderError);
    await expect(step(0)).rejects.toThrow('step: index 0 where 1 is next');
    await expect(step(2)).rejects.toThrow('step: index 2 where 1 is next');
    expect((await step(1)).index).toBe(1);
    session.close();
    await expect(step(2)).rejects.toThrow(OutOfOrderError);
  });

  it('refuses points of another shape, an unknown class and a class without training points', async () => {
    const session = open();
    const step = (x: Float32Array, labels: number[]) =>
      session.step({ index: 0, x, classes: Int32Array.from(labels), update: false, wantGradient: false });
    await expect(step(new Float32Array(7), [0, 1])).rejects.toThrow(
      'step: 7 numbers for 2 points of 4 features; 8 are expected',
    );
    await expect(step(new Float32Array(4), [3])).rejects.toThrow(InvalidPointsError);
    await expect(step(new Float32Array(0), [])).rejects.toThrow('step: an empty batch');
    session.close();
    const settings = criticSettings({}, {});
    const one = openCritiqueSession({ settings, training: { ...training, classes: 4 }, seed: 1 });
    await expect(
      one.step({ index: 0, x: new Float32Array(4), classes: Int32Array.of(3), update: false, wantGradient: false }),
    ).rejects.toThrow('class 3 of point 0 has no training point to compare with');
    one.close();
  });

  it('reports divergence if a number is not finite, and then for every call', async () => {
    const session = open();
    const x = fakePoints(0);
    x[5] = Number.NaN;
    await expect(session.step({ index: 0, x, classes, update: true, wantGradient: true })).rejects.toThrow(
      DivergedError,
    );
    await expect(look(session)).rejects.toThrow('step: point 1, feature 1 is NaN; the generator diverged');
    session.close();
  });

  it('refuses to resume from other bytes', async () => {
    const session = open();
    const { bytes } = await session.checkpoint();
    session.close();
    expect(() => open({}, new Uint8Array([1, 2, 3]))).toThrow(CheckpointError);
    expect(() => open({ 'disc.filters': 8 }, bytes)).toThrow(
      'of a critic with other settings, seed or training points',
    );
    expect(() => open({}, bytes.subarray(0, bytes.length - 4))).toThrow(
      /the network has \d+ bytes where \d+ are expected/,
    );
  });

  it('frees every tensor on close, and keeps none from step to step', async () => {
    const base = tf.memory().numTensors;
    const session = open({ 'gan.loss': 'hinge+SN' });
    await train(session, 2);
    await session.checkpoint();
    const held = () => [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    const during = held();
    await train(session, 5);
    await look(session);
    await session.checkpoint();
    expect(held()).toEqual(during);
    session.close();
    session.close();
    expect(tf.memory().numTensors).toBe(base);
  });
});

describe('a critic, compiled and eager', () => {
  const bytesOf = async (session: CritiqueSession) => {
    const { bytes } = await session.checkpoint();
    session.close();
    return bytes;
  };
  const numbersOf = ({ logits, gradient = new Float32Array(0), losses }: CritiqueStepResult) => [
    ...logits,
    ...gradient,
    losses.adversarial,
    losses['critic.loss'],
  ];

  it.each(combinations)('judges and trains the same with %s in any mix of modes', async (_name, given) => {
    const hyperparameters = { ...given, 'disc.filters': 8 };
    const weights = { adversarial: 0.7, 'feature-matching': 0.3 };
    const results: number[][] = [];
    // Five steps and five more: each half in each mode.
    for (const [first, second] of [
      [undefined, undefined],
      [undefined, compiledSteps],
      [compiledSteps, undefined],
      [compiledSteps, compiledSteps],
    ]) {
      steps = first;
      const begun = open(hyperparameters, undefined, weights);
      await train(begun, 5);
      const bytes = await bytesOf(begun);
      steps = second;
      const resumed = open(hyperparameters, bytes, weights);
      expect(resumed.nextIndex).toBe(5);
      await train(resumed, 5);
      results.push(numbersOf(await look(resumed)));
      resumed.close();
    }
    const scale = Math.max(...results[0].map(Math.abs));
    for (const numbers of results) {
      // Float32, after ten steps of Adam. A step is the rate times m/√v, whose error is that of the gradient relative
      // to itself: about 1e-5, and more where a gradient is small compared with its terms.
      for (const [i, value] of numbers.entries()) expect(Math.abs(value - results[0][i]) / scale).toBeLessThan(2e-3);
    }
  });

  it('continues eagerly from its state if a step cannot be compiled', async () => {
    const told: string[] = [];
    const build = createArrayStepBuilder();
    const failing = createStepCache(async (definition) => {
      // Judging is compiled; an update, whose second input is the moments, is not.
      if (definition.inputs[1].length === 1) throw new Error('no such kernel');
      return build(definition);
    });
    steps = Object.assign(failing, { fallBack: (what: string, error: unknown) => void told.push(`${what}: ${error}`) });
    const fallen = open({ 'gan.loss': 'hinge+SN' });
    await train(fallen, 3);
    steps = undefined;
    const eager = open({ 'gan.loss': 'hinge+SN' });
    await train(eager, 3);
    // Before the fallback it had only judged, which does not change its state.
    expect(await bytesOf(fallen)).toEqual(await bytesOf(eager));
    expect(told).toEqual(['a critic: Error: no such kernel']);
  });

  it('shares its graphs with critics of the same structure', async () => {
    const cache = createStepCache(createArrayStepBuilder());
    steps = cache;
    const [one, other] = [open({ 'gan.lrD': 1e-3 }), open({ 'gan.lrD': 4e-3, 'gan.r1Gamma': 5 })];
    await train(one, 2);
    const built = cache.size;
    await train(other, 2);
    expect(cache.size).toBe(built);
    for (const session of [one, other]) session.close();
  });
});
