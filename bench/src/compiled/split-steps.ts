import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Critic, CriticOpening, OpenCritic } from '@qloom/generator/domain/critic.ts';
import { fitGenerator } from '@qloom/generator/domain/fit.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { createCritiqueClient } from '@qloom/generator/rpc/critique-client.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { chooseTrainingSteps, type TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { median } from '../harness/percentile.ts';
import { forkMain } from '../overhead/forked-main.ts';
import { criticInProcess } from '../overhead/one-process.ts';
import { timeMessages } from './message-times.ts';
import { createJointFit } from './one-graph.ts';
import { monotonicMs } from './run-times.ts';
import { SMALL, settingMessages, smallFitData } from './small-fit.ts';
import { timeSocketFloor } from './socket-floor.ts';
import { type CriticTimes, type ExchangeParts, exchangeParts, type GeneratorTimes, stepTime } from './split-times.ts';

/** Exchanges of which messages and a bare socket are timed. */
const MESSAGES = 3_000;

const hyperparameters = (steps: number) => ({ ...SMALL, 'gan.steps': steps });

/** A critic in its own process, and a function that returns its times since the last call. */
interface CriticProcess {
  open(steps: number): OpenCritic;
  times(): Promise<CriticTimes>;
  stop(): Promise<void>;
}

const DATA = DataDescription.fromPartial({});

async function startCritic(): Promise<CriticProcess> {
  const folder = await createTempFolder();
  const main = await forkMain(new URL('./timed-critic-main.ts', import.meta.url), [folder.socket('critic')]);
  const remote = connect(DiscriminatorServiceService, main.line);
  const parent = { signal: new AbortController().signal, deadlineMs: Number.POSITIVE_INFINITY };
  const identity = { study: 'bench', fold: 0, episode: 0, attempt: 1, data: DATA };
  return {
    open: (count) =>
      createCritiqueClient(remote, { ...identity, hyperparameters: settingMessages(hyperparameters(count)) }, parent),
    times: async () => (await main.ask('times')) as CriticTimes,
    async stop() {
      remote.close();
      await main.stop();
      await folder.remove();
    },
  };
}

/** Runs a fit and records the begin and end of its steps and exchanges. */
async function timedFit(count: number, steps: TrainingSteps, open: OpenCritic): Promise<GeneratorTimes> {
  const times: GeneratorTimes = { ended: [], asked: [], told: [], free: [] };
  const openCritic = async (opening: CriticOpening, signal: AbortSignal): Promise<Critic> => {
    const critic = await open(opening, signal);
    return {
      ...critic,
      async step(step) {
        times.asked.push(monotonicMs());
        const answer = await critic.step(step);
        times.told.push(monotonicMs());
        return answer;
      },
    };
  };
  await fitGenerator({
    settings: generatorSettings(hyperparameters(count)),
    data: smallFitData(),
    seed: 1,
    signal: new AbortController().signal,
    openCritic,
    steps,
    onProgress: () => times.ended.push(monotonicMs()),
    // The synchronous work of a fit is over at the next microtask.
    breathe: () =>
      new Promise((resolve) =>
        setImmediate(() => {
          resolve();
          queueMicrotask(() => times.free.push(monotonicMs()));
        }),
      ),
  });
  return times;
}

/** Does the steps of a fit as one graph each. */
function timedJointFit(count: number): number {
  const fit = createJointFit(hyperparameters(count), smallFitData(), 1);
  const ended = Array.from({ length: count }, (_, step) => {
    fit.step(step);
    return monotonicMs();
  });
  fit.dispose();
  return stepTime({ ended });
}

/** Median time of a step in the middle of a long fit, in milliseconds. */
export interface SplitSteps {
  /** Generator and critic in one process, one after the other. */
  readonly alone: number;
  /** Generator and critic in one graph. */
  readonly joint: number;
  /** In two processes, over the Critique stream. */
  readonly split: number;
  readonly parts: ExchangeParts;
  /** Messages of an exchange to bytes and back, both sides. */
  readonly serialization: number;
  /** Time of a bare unix socket for the same bytes. */
  readonly floor: number;
}

/**
 * Times `rounds` fits of `count` steps each way, in turns short enough for a machine that drifts, after a number of rounds in which V8
 * warms up.
 */
export async function timeSplitSteps(count: number, rounds: number, warmUps: number): Promise<SplitSteps> {
  const backend = await useBackend({});
  const steps = chooseTrainingSteps({ mode: 'on', backend: backend.name }).steps as TrainingSteps;
  const critic = await startCritic();
  const alone: number[] = [];
  const joint: number[] = [];
  const split: number[] = [];
  const parts: ExchangeParts[] = [];
  try {
    for (let round = -warmUps; round < rounds; round++) {
      const one = timedJointFit(count);
      const own = await timedFit(count, steps, async (opening) => criticInProcess(opening, steps));
      const ours = await timedFit(count, steps, critic.open(count));
      const theirs = await critic.times();
      if (round < 0) continue;
      joint.push(one);
      alone.push(stepTime(own));
      split.push(stepTime(ours));
      parts.push(exchangeParts(ours, theirs));
    }
  } finally {
    await critic.stop();
  }
  const typical = medianParts(parts);
  const { requestBytes, answerBytes, serialization } = timeMessages(MESSAGES);
  const floor = await timeSocketFloor({ ...typical, requestBytes, answerBytes }, MESSAGES);
  const times = { alone: median(alone), joint: median(joint), split: median(split) };
  return { ...times, parts: typical, serialization, floor };
}

function medianParts(parts: readonly ExchangeParts[]): ExchangeParts {
  const names = Object.keys(parts[0]) as (keyof ExchangeParts)[];
  return Object.fromEntries(
    names.map((name) => [name, median(parts.map((part) => part[name]))]),
  ) as unknown as ExchangeParts;
}
