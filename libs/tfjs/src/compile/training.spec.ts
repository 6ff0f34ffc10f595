import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { createVaeGan, VAE_GAN_SETTINGS, type VaeGan, type VaeGanSettings, vaeGanBatch } from '../testing/vae-gan.ts';
import { compile } from './compile.ts';

/** Number of steps of the test of memory; the long run has TFJS_MEMORY_STEPS=5000. */
const MEMORY_STEPS = Number(process.env['TFJS_MEMORY_STEPS'] ?? 150);

/** Number of steps after which V8 has compiled the code, and onnxruntime has allocated its memory. */
const WARM_UP_STEPS = 100;

/** Backend of the eager steps. Plain JavaScript, TFJS_ORACLE=cpu, takes five minutes. */
const ORACLE = process.env['TFJS_ORACLE'] ?? 'wasm';

const small: VaeGanSettings = VAE_GAN_SETTINGS['32 / 64, small'];
const smooth: VaeGanSettings = { ...small, activation: 'tanh' };

beforeAll(() => useBackend({ force: ORACLE }));

interface Trainer {
  readonly model: VaeGan;
  /** One step on batch `i`; the critic's and the generator's loss. */
  step(i: number, learningRate: number): [number, number];
}

/** The same model and the same batches, for eager and compiled steps. */
function trainer(settings: VaeGanSettings, mode: 'eager' | 'compiled'): Trainer {
  const model = createVaeGan(settings, createRandom('model'));
  const run = compile(model.step, { provider: mode === 'eager' ? 'eager' : 'cpu' });
  expect(run.choice.mode).toBe(mode);
  return {
    model,
    step: (i, learningRate) =>
      tf.tidy(() => {
        const { critic, generator } = run(vaeGanBatch(settings.batch, createRandom(`batch ${i}`)), learningRate);
        return [critic.dataSync()[0], generator.dataSync()[0]];
      }),
  };
}

const bytesOf = ({ model }: Trainer): Uint8Array[] => model.state.map((part) => part.toBytes());

function restore({ model }: Trainer, checkpoint: readonly Uint8Array[]): void {
  for (const [i, part] of model.state.entries()) part.fromBytes(checkpoint[i]);
}

function worst(a: Trainer, b: Trainer): number {
  const floats = (trained: Trainer) =>
    trained.model.state
      .slice(0, 3)
      .flatMap((part) => Array.from(new Float32Array(new Uint8Array(part.toBytes()).buffer)));
  const [left, right] = [floats(a), floats(b)];
  return left.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i])), 0);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Memory according to TensorFlow.js, reachable memory of JavaScript, and memory of the process, in MiB. */
function memory() {
  // The second collection frees the memory released by finalizers of the first.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  return {
    engine: { numTensors, numBytes, numDataBuffers },
    reachable: (heapUsed + external) / 2 ** 20,
    resident: rss / 2 ** 20,
  };
}

const rate = (i: number) => 1e-3 / (1 + i / 10);

describe('a VAE-GAN with spectral norm, layer norm, convolutions and two optimizers', () => {
  it('trains the same compiled and eagerly: twenty steps, losses within 1e-6 and weights within 1e-5', () => {
    const [eager, compiled] = [trainer(smooth, 'eager'), trainer(smooth, 'compiled')];
    for (let i = 0; i < 20; i++) {
      const [expected, seen] = [eager.step(i, rate(i)), compiled.step(i, rate(i))];
      // Relative to losses above 1: float32 has seven digits.
      for (const [j, loss] of seen.entries()) {
        expect(Math.abs(loss - expected[j]) / Math.max(1, Math.abs(expected[j]))).toBeLessThan(1e-6);
      }
    }
    // Twenty updates of at most 1e-3 whose errors are those of gradients, below 1e-4 of them through six layers and two critics, and
    // twenty roundings of weights of order 1: 20·(1e-7 + 6e-8).
    expect(worst(eager, compiled)).toBeLessThan(1e-5);
  });

  it.each([
    ['compiled', 'eager'],
    ['eager', 'compiled'],
  ] as const)('writes a checkpoint when it runs %s from which it continues %s', (first, second) => {
    const undisturbed = trainer(smooth, first);
    for (let i = 0; i < 2; i++) undisturbed.step(i, rate(i));
    const checkpoint = bytesOf(undisturbed);
    const after = trainer(smooth, second);
    // A separate first step: the checkpoint must also restore variables that are already in the flat state.
    after.step(99, 0.01);
    restore(after, checkpoint);
    expect(bytesOf(after)).toEqual(checkpoint);
    for (let i = 2; i < 5; i++) {
      after.step(i, rate(i));
      undisturbed.step(i, rate(i));
    }
    expect(worst(after, undisturbed)).toBeLessThan(1e-5);
    expect(after.model.state[4].steps).toBe(5);
  });

  it('continues from a checkpoint bit for bit', () => {
    const undisturbed = trainer(small, 'compiled');
    for (let i = 0; i < 2; i++) undisturbed.step(i, rate(i));
    const checkpoint = bytesOf(undisturbed);
    const after = trainer(small, 'compiled');
    restore(after, checkpoint);
    for (let i = 2; i < 4; i++) {
      after.step(i, rate(i));
      undisturbed.step(i, rate(i));
    }
    expect(bytesOf(after)).toEqual(bytesOf(undisturbed));
    expect(bytesOf(after)).not.toEqual(checkpoint);
  });

  it.each([1, 2])('gives the same bytes in two processes at %i threads', (threads) => {
    const program = path.join(__dirname, '..', 'testing', 'print-trained-main.ts');
    const [first, second] = [1, 2].map(() => {
      const { stdout, stderr } = spawnSync(process.execPath, [program, '10', String(threads)], { encoding: 'utf8' });
      return stdout || stderr;
    });
    expect(first).toMatch(/^compiled [0-9a-f]{64}\n$/);
    expect(second).toBe(first);
  });

  it(`keeps its memory over ${MEMORY_STEPS} steps`, () => {
    const { step } = trainer(small, 'compiled');
    for (let i = 0; i < WARM_UP_STEPS; i++) step(i % 5, 1e-4);
    const before = memory();
    for (let i = 0; i < MEMORY_STEPS; i++) step(i % 5, 1e-4);
    const after = memory();
    expect(after.engine).toEqual(before.engine);
    // MiB. A leak of a step's inputs and results would be 9 KiB per step, of its state 2.2 MiB.
    expect(after.reachable - before.reachable).toBeLessThan(1);
    expect(after.resident - before.resident).toBeLessThan(64);
  });
});
