// A program that trains a VAE-GAN through compiled steps and prints the SHA-256 of all trained values: node
// print-trained-main.ts STEPS THREADS
import { createHash } from 'node:crypto';
import { createRandom } from '@qloom/random/random.ts';
import { useBackend } from '../backends/backend.ts';
import { compile } from '../compile/compile.ts';
import { createVaeGan, VAE_GAN_SETTINGS, vaeGanBatch } from './vae-gan.ts';

const [steps, threads] = process.argv.slice(2).map(Number);
await useBackend({ force: 'cpu' });
const settings = VAE_GAN_SETTINGS['32 / 64, small'];
const random = createRandom('process');
const vaeGan = createVaeGan(settings, random.fork('model'));
const batch = vaeGanBatch(settings.batch, random.fork('data'));
const step = compile(vaeGan.step, { threads });
const hash = createHash('sha256');
for (let i = 0; i < steps; i++) {
  const { critic, generator } = step(batch, 1e-3);
  hash.update(new Uint8Array(critic.dataSync().buffer)).update(new Uint8Array(generator.dataSync().buffer));
}
for (const part of vaeGan.state) hash.update(part.toBytes());
console.log(`${step.choice.mode} ${hash.digest('hex')}`);
