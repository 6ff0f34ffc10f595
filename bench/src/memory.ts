import { QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { fitModel } from '@qloom/study-rpc/clients/generator-client.ts';
import { evaluateUtility } from '@qloom/study-rpc/clients/qnn-simulator-client.ts';
import { median } from './harness/percentile.ts';
import { lessIsBetter, type Row } from './harness/row.ts';
import { FIT_DEADLINE_MS, fitSettings } from './overhead/fit-settings.ts';
import { residentMegabytes, startServices } from './overhead/services.ts';

const STEPS = 2_000;
const LIMIT_MB = 400;
const SERVICES = ['generator', 'discriminator', 'qnn-sim'] as const;

/** Resident memory of the services while one fit of 2,000 steps runs, and the QNN is trained beside it. */
export async function benchMemory(progress: (message: string) => void): Promise<Row[]> {
  const services = await startServices(SERVICES);
  const generator = connect(GeneratorServiceService, services.target('generator'));
  const simulator = connect(QnnSimulatorServiceService, services.target('qnn-sim'));
  try {
    const task = createNamedTask('annni', {});
    const training = task.draw({ count: 40, seed: 1 });
    const heldOut = task.draw({ count: 60, seed: 1, purpose: 'test' });
    const samples: Record<string, { step: number; megabytes: number }[]> = {};
    const take = (step: number): void => {
      for (const name of SERVICES) {
        const megabytes = residentMegabytes(services.main(name).pid);
        (samples[name] ??= []).push({ step, megabytes });
      }
    };
    const evaluation = { fold: 0, qnn: QnnSettings.fromPartial({}), seeds: [1], arms: [], probabilities: false };
    const evaluate = () => evaluateUtility(simulator, { settings: evaluation, training, synthetic: null, heldOut });

    const steps = { name: 'gan.steps', value: { value: { $case: 'integer' as const, value: STEPS } } };
    let next = 0;
    await fitModel(generator, {
      settings: fitSettings(task.descriptor, [steps]),
      training,
      deadlineMs: FIT_DEADLINE_MS,
      async onProgress({ step }) {
        if (step < next) return;
        await evaluate();
        take(step);
        progress(`step ${step} of ${STEPS}`);
        next = step + STEPS / 20;
      },
    });
    return SERVICES.flatMap((name) => rowsOf(name, samples[name]));
  } finally {
    generator.close();
    simulator.close();
    await services.stop();
  }
}

function rowsOf(name: string, samples: readonly { step: number; megabytes: number }[]): Row[] {
  const within = (from: number, to: number) =>
    samples.filter(({ step }) => step >= from && step <= to).map(({ megabytes }) => megabytes);
  const row = { bench: 'memory', case: name, unit: 'MB' };
  return [
    lessIsBetter({
      ...row,
      metric: `resident, most over ${STEPS} steps`,
      value: Math.max(...samples.map(({ megabytes }) => megabytes)),
      peer: 'limit of 400 MB',
      peerValue: LIMIT_MB,
    }),
    lessIsBetter({
      ...row,
      metric: 'resident, median of the last fifth',
      value: median(within(0.8 * STEPS, STEPS)),
      peer: 'median of the second fifth',
      peerValue: median(within(0.2 * STEPS, 0.4 * STEPS)),
    }),
  ];
}
