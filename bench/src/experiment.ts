import { writeFileSync } from 'node:fs';
import {
  type CircuitTask,
  ExperimentServiceService,
  type RunSettings,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { CircuitSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { simulate } from '@qloom/experiment/domain/simulator/simulate.ts';
import { decodeCircuitTasks } from '@qloom/experiment/runs/circuit-tasks.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { median } from './harness/percentile.ts';
import { lessIsBetter, type Row } from './harness/row.ts';
import { processorSeconds, startServices } from './overhead/services.ts';

/** Limit of the service's own time for a circuit. Unit: milliseconds. */
const BUDGET_MS = 1;
const SHOTS = 100;
const ROUNDS = 3;

/** Circuits and how many of them a job holds. */
const CASES = [
  { backend: 'whole', circuits: 10_000, perJob: 10_000 },
  { backend: 'hundreds', circuits: 10_000, perJob: 100 },
  { backend: 'tens', circuits: 10_000, perJob: 10 },
] as const;

function circuits(count: number): CircuitTask[] {
  const circuit = CircuitSettings.fromPartial({
    qubits: 2,
    layers: 1,
    inputs: 2,
    encoding: 'angle',
    ansatz: 'basic-entangler',
  });
  const parameters = encodeTensor(Float64Array.of(0.1, 0.2));
  return Array.from({ length: count }, (_, index) => ({
    index,
    circuit,
    inputs: encodeTensor(Float64Array.of(index / count, 0.5), [1, 2]),
    parameters,
    qubits: [],
    shots: SHOTS,
  }));
}

async function run(
  remote: Remote<typeof ExperimentServiceService>,
  settings: RunSettings,
  tasks: readonly CircuitTask[],
): Promise<void> {
  const call = remote.run();
  await call.send({ part: { $case: 'settings', value: settings } });
  const sent = call.sendAll(tasks.map((value) => ({ part: { $case: 'circuit' as const, value } })));
  let counts = 0;
  void sent.then(() => call.closeSend());
  for await (const { part } of call) if (part?.$case === 'counts') counts++;
  await sent;
  if (counts !== tasks.length) throw new Error(`${counts} results of ${tasks.length} circuits`);
}

/** What the experiment service adds to the simulation of a circuit: transport, packing, journal, artifacts. */
export async function benchExperiment(progress: (message: string) => void): Promise<Row[]> {
  const services = await startServices(['experiment'], (folder) => {
    const backends = CASES.map(
      ({ backend, perJob }) => `- {name: ${backend}, provider: simulator, limits: {maxExecutions: ${perJob}}}`,
    );
    writeFileSync(folder.file('backends.yaml'), backends.join('\n'));
    return {
      QLOOM_LOG: `sqlite:${folder.file('log.db')}`,
      QLOOM_ARTIFACTS: `file://${folder.file('artifacts')}`,
      QLOOM_BACKENDS_FILE: folder.file('backends.yaml'),
    };
  });
  const remote = connect(ExperimentServiceService, services.target('experiment'));
  try {
    const rows: Row[] = [];
    for (const { backend, circuits: count, perJob } of CASES) {
      const tasks = circuits(count);
      const executions = (await decodeCircuitTasks(tasks, new AbortController().signal)).map((one) => one.execution);
      const times: number[] = [];
      const alone: number[] = [];
      const processor: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        progress(`experiment: ${count} circuits, ${perJob} in a job, ${round + 1} of ${ROUNDS}`);
        const name = `${backend}-${round}`;
        const settings = { backend, study: name, run: name, budget: undefined, seed: 1 };
        const { pid } = services.main('experiment');
        const before = processorSeconds(pid);
        const start = performance.now();
        await run(remote, settings, tasks);
        const ran = performance.now();
        processor.push((1000 * (processorSeconds(pid) - before)) / count);
        simulate({ executions, trajectories: 1, seed: 1 });
        times.push((ran - start) / count);
        alone.push((performance.now() - ran) / count);
      }
      rows.push(
        lessIsBetter({
          bench: 'experiment',
          case: `${count} circuits, ${perJob} in a job`,
          metric: 'time of a circuit beyond its simulation',
          value: median(times) - median(alone),
          unit: 'ms',
          peer: 'limit',
          peerValue: BUDGET_MS,
          note: `the simulation takes ${median(alone).toPrecision(2)} ms; the service's processor time with it ${median(processor).toPrecision(2)} ms; whole rounds ${times.map((time) => time.toPrecision(2)).join(', ')} ms`,
        }),
      );
    }
    return rows;
  } finally {
    remote.close();
    await services.stop();
  }
}
