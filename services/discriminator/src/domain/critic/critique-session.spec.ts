import type { Points } from '@qloom/datasets/points.ts';
import { createRandom } from '@qloom/random/random.ts';
import { useBackend } from '@qloom/tfjs/backend.ts';
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError, DivergedError, InvalidPointsError, OutOfOrderError } from '../errors.ts';
import type { HyperparameterValue } from '../hyperparameters.ts';
import { type CritiqueSession, openCritiqueSession } from './critique-session.ts';
import { criticSettings } from './settings.ts';

const FEATURES = 4;
const CLASSES = 3;
const BATCH = 32;

/** Three well separated classes of correlated features on unlike scales. */
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

/** Synthetic points: wrong on every feature by one of its standard deviations. */
function fakePoints(seed: number): Float32Array {
  const random = createRandom(`fake ${seed}`);
  return Float32Array.from({ length: BATCH * FEATURES }, (_, i) => 10 ** ((i % FEATURES) - 1) * (2 + random.normal()));
}

function open(
  hyperparameters: Record<string, HyperparameterValue> = {},
  resume?: Uint8Array,
  weights = { adversarial: 1 },
) {
  const settings = criticSettings(hyperparameters, weights);
  return openCritiqueSession({ settings, training, seed: 7, resume });
}

function train(session: CritiqueSession, steps: number) {
  for (let i = 0; i < steps; i++) {
    const index = session.nextIndex;
    session.step({ index, x: fakePoints(index), classes, update: true, wantGradient: false });
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

describe('openCritiqueSession', () => {
  it.each(combinations)('learns to tell wrong points with %s', (_name, hyperparameters) => {
    const session = open({ ...hyperparameters, 'gan.lrD': 4e-3, 'disc.filters': 8 });
    train(session, 20);
    const { losses } = look(session);
    expect(losses['critic.real_logit'] - losses['critic.fake_logit']).toBeGreaterThan(0.3);
    session.close();
  });

  it.each(combinations)('gives the gradient of its weighted objectives with %s', (_name, hyperparameters) => {
    const weights = { adversarial: 0.7, 'feature-matching': 0.3 };
    const settings = { ...hyperparameters, 'disc.filters': 8, 'disc.convLayers': 3, 'disc.kernel': 5 };
    const first = open(settings, undefined, weights);
    train(first, 5);
    const { bytes } = first.checkpoint();
    first.close();
    // Every look is the same step of the same critic: the same real batch, the same augmentation.
    const at = (x: Float32Array) => {
      const session = open(settings, bytes, weights);
      const result = look(session, x);
      session.close();
      return result;
    };
    const x = fakePoints(3);
    const gradient = at(x).gradient as Float32Array;
    // Uphill in every coordinate, by what that feature varies.
    const direction = gradient.map((g, i) => 10 ** ((i % FEATURES) - 1) * Math.sign(g));
    const objective = (step: number) => {
      const { losses } = at(x.map((value, i) => value + step * direction[i]));
      return 0.7 * losses.adversarial + 0.3 * losses['feature-matching'];
    };
    const slope = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
    const h = 2e-3;
    const measured = (objective(h) - objective(-h)) / (2 * h);
    // float32 losses leave about 1e-4 of noise; a kink of a leaky ReLU within h adds a little.
    expect(Math.abs(slope - measured) / Math.abs(slope)).toBeLessThan(0.01);
  });

  it('does not change where update is false', () => {
    const [plain, watched] = [open({}), open({})];
    train(plain, 2);
    train(watched, 2);
    const before = watched.checkpoint().bytes;
    for (let i = 0; i < 3; i++) look(watched);
    // Only the index moves: what was learned and drawn is the same to the last bit.
    const strip = (bytes: Uint8Array) =>
      Buffer.from(bytes)
        .toString('latin1')
        .replace(/"nextIndex":\d+/, '');
    expect(strip(watched.checkpoint().bytes)).toBe(strip(before));
    expect(strip(plain.checkpoint().bytes)).toBe(strip(before));
    for (const session of [plain, watched]) session.close();
  });

  it.each(combinations)('goes on bit for bit from a checkpoint with %s', (_name, hyperparameters) => {
    const settings = { ...hyperparameters, 'gan.dSteps': 2, 'disc.filters': 8 };
    const undisturbed = open(settings);
    train(undisturbed, 5);
    const interrupted = open(settings);
    train(interrupted, 2);
    const { bytes, sha256 } = interrupted.checkpoint();
    interrupted.close();
    const resumed = open(settings, bytes);
    expect(resumed.nextIndex).toBe(2);
    expect(resumed.checkpoint().sha256).toBe(sha256);
    train(resumed, 3);
    expect(look(resumed)).toEqual(look(undisturbed));
    expect(resumed.checkpoint()).toEqual(undisturbed.checkpoint());
    for (const session of [undisturbed, resumed]) session.close();
  });

  it('makes as many updates a step as gan.dSteps says, after the answer', () => {
    const session = open({ 'gan.dSteps': 3 });
    const before = session.checkpoint().bytes;
    session.step({ index: 0, x: fakePoints(0), classes, update: true, wantGradient: false });
    expect([session.advance(), session.advance(), session.advance(), session.advance()]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(Buffer.compare(Buffer.from(session.checkpoint().bytes), Buffer.from(before))).not.toBe(0);
    session.close();
  });

  it('refuses a repeated and a skipped index, and goes on with the right one', () => {
    const session = open();
    train(session, 1);
    const step = (index: number) =>
      session.step({ index, x: fakePoints(0), classes, update: false, wantGradient: false });
    expect(() => step(0)).toThrow(OutOfOrderError);
    expect(() => step(0)).toThrow('step: index 0 where 1 is next');
    expect(() => step(2)).toThrow('step: index 2 where 1 is next');
    expect(step(1).index).toBe(1);
    session.close();
    expect(() => step(2)).toThrow(OutOfOrderError);
  });

  it('refuses points of another shape, an unknown class and a class without training points', () => {
    const session = open();
    const step = (x: Float32Array, labels: number[]) =>
      session.step({ index: 0, x, classes: Int32Array.from(labels), update: false, wantGradient: false });
    expect(() => step(new Float32Array(7), [0, 1])).toThrow(
      'step: 7 numbers for 2 points of 4 features; 8 are expected',
    );
    expect(() => step(new Float32Array(4), [3])).toThrow(InvalidPointsError);
    expect(() => step(new Float32Array(0), [])).toThrow('step: an empty batch');
    session.close();
    const settings = criticSettings({}, {});
    const one = openCritiqueSession({ settings, training: { ...training, classes: 4 }, seed: 1 });
    expect(() =>
      one.step({ index: 0, x: new Float32Array(4), classes: Int32Array.of(3), update: false, wantGradient: false }),
    ).toThrow('class 3 of point 0 has no training point to compare with');
    one.close();
  });

  it('says that it diverged where a number is not finite, and stays so', () => {
    const session = open();
    const x = fakePoints(0);
    x[5] = Number.NaN;
    expect(() => session.step({ index: 0, x, classes, update: true, wantGradient: true })).toThrow(DivergedError);
    expect(() => look(session)).toThrow('step: point 1, feature 1 is NaN; the generator diverged');
    session.close();
  });

  it('refuses to resume from something else', () => {
    const session = open();
    const { bytes } = session.checkpoint();
    session.close();
    expect(() => open({}, new Uint8Array([1, 2, 3]))).toThrow(CheckpointError);
    expect(() => open({ 'disc.filters': 8 }, bytes)).toThrow(
      'of a critic with other settings, seed or training points',
    );
    expect(() => open({}, bytes.subarray(0, bytes.length - 4))).toThrow(
      /the network has \d+ bytes where \d+ are expected/,
    );
  });

  it('frees every tensor on close, and keeps none from step to step', () => {
    const base = tf.memory().numTensors;
    const session = open({ 'gan.loss': 'hinge+SN' });
    train(session, 2);
    session.checkpoint();
    const held = () => [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    const during = held();
    train(session, 5);
    look(session);
    session.checkpoint();
    expect(held()).toEqual(during);
    session.close();
    session.close();
    expect(tf.memory().numTensors).toBe(base);
  });
});
