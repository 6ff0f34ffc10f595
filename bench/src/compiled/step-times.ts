import { createRandom } from '@qloom/random/random.ts';
import { useBackend } from '@qloom/tfjs/backend.ts';
import { compile, type SignatureStats } from '@qloom/tfjs/compile/compile.ts';
import { createVaeGan, type VaeGanSettings, vaeGanBatch } from '@qloom/tfjs/testing/vae-gan.ts';
import * as tf from '@tensorflow/tfjs-core';
import { median } from '../percentile.ts';

/** Milliseconds of a step of the VAE-GAN on one thread, at the median. */
export interface StepTimes {
  /** TensorFlow.js kernel by kernel, on WebAssembly with this project's kernels. */
  readonly wasm: number;
  readonly compiled: number;
  /** The first compiled step of a signature: tracing, building, loading, running. */
  readonly first: number;
  readonly stats: SignatureStats;
}

const ROUNDS = 3;

/** Times both ways in turn on the same batch. `count` steps a round, of which the first fifth warms up. */
export async function timeSteps(settings: VaeGanSettings, count: number): Promise<StepTimes> {
  await useBackend({ force: 'wasm' });
  const batch = vaeGanBatch(settings.batch, createRandom('batch'));
  const models = [createVaeGan(settings, createRandom('model')), createVaeGan(settings, createRandom('model'))];
  const compiled = compile(models[1].step, { name: 'step' });
  const timed = (step: (typeof models)[number]['step']) => {
    const start = performance.now();
    tf.tidy(() => {
      const { critic, generator } = step(batch, 1e-4);
      critic.dataSync();
      generator.dataSync();
    });
    return performance.now() - start;
  };
  const first = timed(compiled);
  const rounds = { wasm: [] as number[], compiled: [] as number[] };
  const round = (step: (typeof models)[number]['step']) =>
    median(Array.from({ length: count }, () => timed(step)).slice(Math.floor(count / 5)));
  for (let i = 0; i < ROUNDS; i++) {
    rounds.wasm.push(round(models[0].step));
    rounds.compiled.push(round(compiled));
  }
  const [stats] = compiled.stats;
  compiled.dispose();
  for (const model of models) model.dispose();
  tf.dispose(Object.values(batch));
  return { wasm: median(rounds.wasm), compiled: median(rounds.compiled), first, stats };
}
