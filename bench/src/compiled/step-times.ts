import { createRandom } from '@qloom/random/random.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { compile, type SignatureStats } from '@qloom/tfjs/compile/compile.ts';
import { loadRuntime, type MissingRuntime, type Runtime } from '@qloom/tfjs/compile/running/runtime.ts';
import { createVaeGan, type VaeGanSettings, vaeGanBatch } from '@qloom/tfjs/testing/vae-gan.ts';
import * as tf from '@tensorflow/tfjs-core';
import { median } from '../harness/percentile.ts';

/** Milliseconds of a step of the VAE-GAN on one thread, at the median. */
export interface StepTimes {
  /** TensorFlow.js kernel by kernel, on WebAssembly with this project's kernels. */
  readonly wasm: number;
  readonly compiled: number;
  /** Time of a compiled step outside onnxruntime's native call: arguments in, state and results in and out. */
  readonly outside: number;
  /** The first compiled step of a signature: tracing, building, loading, running. */
  readonly first: number;
  readonly stats: SignatureStats;
}

const ROUNDS = 3;

/** onnxruntime-node, adding up the milliseconds of its native calls. */
function timedRuntime(): { runtime: Runtime | MissingRuntime; native: () => number } {
  const loaded = loadRuntime();
  let total = 0;
  if ('missing' in loaded) return { runtime: loaded, native: () => total };
  const createSession: Runtime['createSession'] = (...given) => {
    const session = loaded.createSession(...given);
    return {
      run(inputs, outputs) {
        const start = performance.now();
        const results = session.run(inputs, outputs);
        total += performance.now() - start;
        return results;
      },
      dispose: () => session.dispose(),
    };
  };
  return { runtime: { ...loaded, createSession }, native: () => total };
}

/** Times both ways in turn on the same batch. `count` steps per round, of which the first fifth is warm-up. */
export async function timeSteps(settings: VaeGanSettings, count: number): Promise<StepTimes> {
  await useBackend({ force: 'wasm' });
  const batch = vaeGanBatch(settings.batch, createRandom('batch'));
  const models = [createVaeGan(settings, createRandom('model')), createVaeGan(settings, createRandom('model'))];
  const { runtime, native } = timedRuntime();
  const compiled = compile(models[1].step, { name: 'step', runtime });
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
  const outside = () => {
    const before = native();
    const time = timed(compiled);
    return { time, outside: time - (native() - before) };
  };
  const rounds = { wasm: [] as number[], compiled: [] as number[], outside: [] as number[] };
  const warmUp = Math.floor(count / 5);
  for (let i = 0; i < ROUNDS; i++) {
    rounds.wasm.push(median(Array.from({ length: count }, () => timed(models[0].step)).slice(warmUp)));
    const calls = Array.from({ length: count }, outside).slice(warmUp);
    rounds.compiled.push(median(calls.map(({ time }) => time)));
    rounds.outside.push(median(calls.map((call) => call.outside)));
  }
  const [stats] = compiled.stats;
  compiled.dispose();
  for (const model of models) model.dispose();
  tf.dispose(Object.values(batch));
  const typical = { wasm: median(rounds.wasm), compiled: median(rounds.compiled), outside: median(rounds.outside) };
  return { ...typical, first, stats };
}
