import { createRandom } from '@qloom/random/random.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { compile } from '@qloom/tfjs/compile/compile.ts';
import type { ProviderName } from '@qloom/tfjs/compile/running/provider-name.ts';
import { listProviders } from '@qloom/tfjs/compile/running/providers.ts';
import { createVaeGan, type VaeGanSettings, vaeGanBatch } from '@qloom/tfjs/testing/vae-gan.ts';
import * as tf from '@tensorflow/tfjs-core';
import { median } from '../harness/percentile.ts';

/** Compiled steps on one execution provider, milliseconds. NaN: not measured, and `note` says why. */
export interface ProviderTime {
  readonly provider: ProviderName;
  /** The median of a step: a new batch's arrays in, two losses out. */
  readonly step: number;
  /** The first step: tracing, building, loading, running. */
  readonly first: number;
  readonly note: string;
}

const RATE = 1e-4;
/** Steps whose losses are compared with the CPU's, and the largest relative difference: cards round products to 10 bits. */
const CHECKED_STEPS = 5;
const TOLERANCE = 1e-2;

/**
 * Times the step of a VAE-GAN on every provider, the CPU at one thread first. A provider whose losses differ from the
 * CPU's is not timed.
 */
export async function timeProviders(settings: VaeGanSettings, count: number): Promise<ProviderTime[]> {
  await useBackend({ force: 'wasm' });
  const times: ProviderTime[] = [];
  let truth: readonly number[] | undefined;
  for (const { name: provider, available, reason } of listProviders()) {
    if (!available) {
      times.push({ provider, step: Number.NaN, first: Number.NaN, note: `not available: ${reason}` });
      continue;
    }
    const { losses, ...time } = timeProvider(settings, provider, count, truth);
    truth ??= losses;
    times.push(time);
  }
  return times;
}

function timeProvider(
  settings: VaeGanSettings,
  provider: ProviderName,
  count: number,
  truth: readonly number[] | undefined,
): ProviderTime & { readonly losses: readonly number[] } {
  const batch = vaeGanBatch(settings.batch, createRandom('batch'));
  const model = createVaeGan(settings, createRandom('model'));
  const warnings: string[] = [];
  const compiled = compile(model.step, { name: 'step', provider, log: (line) => warnings.push(line) });
  const step = () =>
    tf.tidy(() => {
      const { critic, generator } = compiled(batch, RATE);
      return critic.dataSync()[0] + generator.dataSync()[0];
    });
  const timed = () => {
    const start = performance.now();
    step();
    return performance.now() - start;
  };
  try {
    const first = timed();
    const losses = Array.from({ length: CHECKED_STEPS }, step);
    const off = truth ? Math.max(...losses.map((loss, i) => Math.abs(loss / truth[i] - 1))) : 0;
    const note = `losses of ${CHECKED_STEPS} steps within ${off.toExponential(0)} of the CPU's`;
    const failure = warnings[0] ?? (off <= TOLERANCE ? undefined : `not timed: ${note}, allowed are ${TOLERANCE}`);
    if (failure !== undefined) return { provider, step: Number.NaN, first: Number.NaN, note: failure, losses };
    const rest = Array.from({ length: count }, timed).slice(Math.floor(count / 5));
    return { provider, step: median(rest), first, note: truth ? note : '', losses };
  } finally {
    compiled.dispose();
    model.dispose();
    tf.dispose(Object.values(batch));
  }
}
