import { createRandom } from '@qloom/random/random.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import * as tf from '@tensorflow/tfjs-core';
import { openCritiqueSession } from './critique-session.ts';
import { criticSettings } from './settings.ts';

const random = createRandom('composed');
const training = {
  count: 24,
  features: 3,
  classes: 2,
  x: random.normals(72),
  y: Int32Array.from({ length: 24 }, (_, i) => i % 2),
};
const classes = Int32Array.from({ length: 12 }, (_, i) => i % 2);

async function run(hyperparameters: Record<string, string>): Promise<number[]> {
  const settings = criticSettings(
    { ...hyperparameters, 'disc.filters': 8, 'disc.convLayers': 3 },
    { adversarial: 1, 'feature-matching': 1 },
  );
  const session = openCritiqueSession({ settings, training, seed: 2 });
  const numbers: number[] = [];
  for (let index = 0; index < 4; index++) {
    const x = createRandom(index).normals(36);
    const {
      logits,
      gradient = [],
      losses,
    } = await session.step({ index, x, classes, update: true, wantGradient: true });
    numbers.push(...logits, ...gradient, losses['critic.loss'] ?? 0);
  }
  session.close();
  return numbers;
}

async function runAll(cases: readonly Record<string, string>[]): Promise<number[][]> {
  const all: number[][] = [];
  for (const hyperparameters of cases) all.push(await run(hyperparameters));
  return all;
}

// libtensorflow's memory is not accessible to JavaScript, so tfjs-node runs compositions of stock operations. Plain
// JavaScript without heap kernels takes the same path.
describe('a critic of stock operations alone', () => {
  it('judges and trains the same as one with fused kernels', async () => {
    await useBackend({ force: 'cpu' });
    const cases = ['conv', 'conv-residual', 'mlp'].flatMap((arch) =>
      ['ns+R1', 'hinge+SN', 'wgan-gp'].map((loss) => ({ 'disc.arch': arch, 'gan.loss': loss })),
    );
    const fused = await runAll(cases);
    const ours = tf.getKernelsForBackend('cpu').filter(({ kernelName }) => kernelName.startsWith('Heap'));
    expect(ours.length).toBeGreaterThan(10);
    for (const { kernelName } of ours) tf.unregisterKernel(kernelName, 'cpu');
    const composed = await runAll(cases);
    for (const [i, numbers] of composed.entries()) {
      expect(numbers.length).toBe(fused[i].length);
      const scale = Math.max(...fused[i].map(Math.abs));
      // Float32, four steps of Adam before the last numbers, each up to the rate, with the relative error of its
      // gradient.
      for (const [j, value] of numbers.entries()) expect(Math.abs(value - fused[i][j]) / scale).toBeLessThan(2e-3);
    }
  });
});
