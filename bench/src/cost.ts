import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import { assessFidelity } from '@qloom/study-rpc/clients/discriminator-client.ts';
import { fitModel, samplePoints } from '@qloom/study-rpc/clients/generator-client.ts';
import { evaluateUtility } from '@qloom/study-rpc/clients/qnn-simulator-client.ts';
import type { Progress } from './harness/bench.ts';
import { cpuSeconds } from './harness/cpu-time.ts';
import { median } from './harness/percentile.ts';
import { lessIsBetter, type Row } from './harness/row.ts';
import { FIT_DEADLINE_MS, fitSettings } from './overhead/fit-settings.ts';
import { peakMegabytes, startServices } from './overhead/services.ts';

const SERVICES = ['generator', 'discriminator', 'qnn-sim'] as const;
const LABELS = [100, 1_000, 10_000];
const ROUNDS = 3;
const STEPS = 200;
/** Synthetic points for each training point, until the bound of `synthesisPlan`. */
const RATIO = 4;
const LIMIT_MB = 1000;

/**
 * Time and CPU time of the four calls of an episode, and peak memory of their services, at growing numbers of labels: hidden
 * manifold, two thirds for training. Each N starts the services anew, so that the peak is its own; the first Assess of a fold draws
 * the null, which later ones share, so that every round has a seed of its own.
 */
export async function benchCost(progress: Progress): Promise<Row[]> {
  const rows: Row[] = [];
  let before: Measured | undefined;
  for (const labels of LABELS) {
    const measured = await measure(labels, progress);
    const [name, peer] = [`N = ${labels}`, before ? `N = ${before.labels}` : 'itself'];
    for (const [metric, value] of Object.entries(measured.seconds)) {
      const peerValue = before?.seconds[metric] ?? value;
      const note = `${(value / peerValue).toFixed(1)} times the time`;
      rows.push(lessIsBetter({ bench: 'cost', case: name, metric, unit: 's', value, peer, peerValue, note }));
    }
    for (const [service, value] of Object.entries(measured.megabytes)) {
      const metric = `peak memory of ${service}`;
      const peer = `limit of ${LIMIT_MB} MB`;
      rows.push(lessIsBetter({ bench: 'cost', case: name, metric, unit: 'MB', value, peer, peerValue: LIMIT_MB }));
    }
    before = measured;
  }
  return rows;
}

interface Measured {
  readonly labels: number;
  /** Median time and CPU time, of all services, of each call. Unit: seconds. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Peak resident memory of each service. Unit: MB. */
  readonly megabytes: Readonly<Record<string, number>>;
}

async function measure(labels: number, progress: Progress): Promise<Measured> {
  const services = await startServices(SERVICES);
  const generator = connect(GeneratorServiceService, services.target('generator'));
  const discriminator = connect(DiscriminatorServiceService, services.target('discriminator'));
  const simulator = connect(QnnSimulatorServiceService, services.target('qnn-sim'));
  const taken: Record<string, number[]> = {};
  const cpu = () => SERVICES.reduce((sum, name) => sum + cpuSeconds(services.main(name).pid), 0);
  const timed = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
    const [started, before] = [performance.now(), cpu()];
    const result = await work();
    const [seconds, used] = [(performance.now() - started) / 1000, cpu() - before];
    (taken[call] ??= []).push(seconds);
    (taken[`${call}, CPU time`] ??= []).push(used);
    progress(`N = ${labels}: ${call} ${seconds.toFixed(2)} s, ${used.toFixed(2)} s of CPU time`);
    return result;
  };
  try {
    const task = createNamedTask('hidden-manifold', {});
    const heldOut = task.draw({ count: Math.floor(labels / 3), seed: 2 });
    const training = task.draw({ count: labels - heldOut.count, seed: 1 });
    const counts = synthesisPlan({ synthRatio: RATIO }, classCounts(training));
    const steps = { name: 'gan.steps', value: { value: { $case: 'integer' as const, value: STEPS } } };
    const settings = fitSettings(task.descriptor, [steps]);
    const deadlineMs = FIT_DEADLINE_MS;
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const { model } = await timed('Fit', () =>
        fitModel(generator, { settings: { ...settings, seed }, training, deadlineMs }),
      );
      const sampling = { seed, classCounts: counts, ungated: false };
      const { points: synthetic } = await timed('Sample', () =>
        samplePoints(generator, { settings: sampling, model, deadlineMs }),
      );
      const roles = { training, synthetic, heldOut, deadlineMs };
      await timed('Assess', () =>
        assessFidelity(discriminator, { settings: { fold: 0, seed, data: settings.data }, ...roles }),
      );
      const evaluation = { fold: 0, qnn: QnnSettings.fromPartial({}), seeds: [seed], arms: [], probabilities: false };
      await timed('Evaluate', () => evaluateUtility(simulator, { settings: evaluation, ...roles }));
    }
    const megabytes = Object.fromEntries(SERVICES.map((name) => [name, peakMegabytes(services.main(name).pid)]));
    const seconds = Object.fromEntries(Object.entries(taken).map(([call, values]) => [call, median(values)]));
    return { labels, seconds, megabytes };
  } finally {
    generator.close();
    discriminator.close();
    simulator.close();
    await services.stop();
  }
}
