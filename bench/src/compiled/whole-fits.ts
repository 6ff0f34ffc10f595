import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { fitGenerator } from '@qloom/generator/domain/fit.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { fitModel } from '@qloom/study-rpc/clients/generator-client.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { type CompiledMode, chooseTrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { median } from '../harness/percentile.ts';
import { FIT_DEADLINE_MS, fitSettings } from '../overhead/fit-settings.ts';
import { criticInProcess } from '../overhead/one-process.ts';
import { startServices } from '../overhead/services.ts';
import { SMALL, settingMessages, smallFitData } from './small-fit.ts';

/** Seconds of a whole fit of the product's VAE-GAN, at the median. */
export interface FitTimes {
  /** Generator and critic in one process, compiled. */
  readonly alone: number;
  /** Two processes and the Critique stream between them, compiled, and eager. */
  readonly split: number;
  readonly splitEager: number;
}

const ROUNDS = 3;

/** A way to fit for this number of steps. */
type Fit = (steps: number) => Promise<unknown>;

/**
 * Times fits of `steps` steps each way in turn. The first round is not counted: it builds the graphs, and V8 optimizes for longer
 * than a fit takes.
 */
export async function timeFits(steps: number): Promise<FitTimes> {
  const { subject, points } = smallFitData();
  const ends: (() => Promise<unknown>)[] = [];
  const split = async (mode: CompiledMode): Promise<Fit> => {
    const services = await startServices(['generator', 'discriminator'], () => ({ QLOOM_TFJS_COMPILED: mode }));
    const generator = connect(GeneratorServiceService, services.target('generator'));
    ends.push(async () => {
      generator.close();
      await services.stop();
    });
    return async (count) => {
      const settings = fitSettings(subject, settingMessages({ ...SMALL, 'gan.steps': count }));
      await fitModel(generator, { settings, training: points, deadlineMs: FIT_DEADLINE_MS });
    };
  };
  try {
    const fits = { alone: await fitAlone(), split: await split('on'), splitEager: await split('off') };
    const ways = Object.keys(fits) as (keyof FitTimes)[];
    const rounds: Record<keyof FitTimes, number[]> = { alone: [], split: [], splitEager: [] };
    for (let i = 0; i <= ROUNDS; i++) {
      for (const way of ways) {
        const seconds = await secondsOf(() => fits[way](steps));
        if (i > 0) rounds[way].push(seconds);
      }
    }
    return { alone: median(rounds.alone), split: median(rounds.split), splitEager: median(rounds.splitEager) };
  } finally {
    for (const end of ends) await end();
  }
}

async function fitAlone(): Promise<Fit> {
  const backend = await useBackend({});
  const compiled = chooseTrainingSteps({ mode: 'on', backend: backend.name });
  const data = smallFitData();
  return (count) =>
    fitGenerator({
      settings: generatorSettings({ ...SMALL, 'gan.steps': count }),
      data,
      seed: 1,
      signal: new AbortController().signal,
      openCritic: async (opening) => criticInProcess(opening, compiled.steps),
      steps: compiled.steps,
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
    });
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
