import { status } from '@grpc/grpc-js';
import type {
  Backend,
  CircuitTask,
  ExperimentServiceService,
  RunSettings,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type Check, CheckSkipped } from '../check.ts';
import type { Instances } from '../shared/instances.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { repeatedCallChecks } from '../shared/repeated-call.ts';
import { askToTheEnd, streamRefusals } from '../shared/stream-refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import { resultsOf } from './journal-checks.ts';
import { ANGLES, basisTask, CIRCUITS, productTask, ROWS, runParts, runToTheEnd } from './run-call.ts';

/** A run that is repeated, in a study of its own each time. */
interface RepeatedRun {
  readonly settings?: Partial<RunSettings>;
  readonly circuits?: readonly CircuitTask[];
}

const SEED = 5;
const seeded = (what: string, seed: number) => ({ what, change: { settings: { seed } } });
const numbers = (values: readonly number[], shape?: readonly number[]) =>
  encodeTensor(Float64Array.from(values), shape);

/** The results of a simulated backend are a function of circuits and seed; and how streams that are wrong are answered. */
export function experimentRepeats(
  instances: Instances<typeof ExperimentServiceService>,
  { deadlineMs, study }: SuiteOptions,
  backend: () => Promise<Backend>,
): readonly Check[] {
  const source = 'experiment/v1/experiment.proto: ExperimentService.Run';
  let studies = 0;
  const simulated = async () => {
    const { name, simulated: isSimulated } = await backend();
    if (!isSimulated) throw new CheckSkipped(`${name} is a device`);
    return name;
  };
  const repeats = repeatedCallChecks<RepeatedRun>({
    name: 'a run on a simulated backend',
    answer: 'list of counts',
    source,
    unchanged: {},
    async ask({ settings, circuits = CIRCUITS }, instance) {
      const at = instance === 'first' ? instances.first : instances.second();
      const own = { backend: await simulated(), study: `${study}-r${studies++}`, run: 'one', seed: SEED };
      return resultsOf(await runToTheEnd(at, { ...own, ...settings }, deadlineMs, circuits));
    },
    same: [
      { what: 'the name of the run', change: { settings: { run: 'another' } } },
      { what: 'its budget', change: { settings: { budget: { cost: 1e9, shots: 10n ** 12n } } } },
    ],
    different: [
      seeded('its seed', SEED + 1),
      seeded('the upper half of its seed', SEED + 2 ** 16),
      seeded('the highest bit of its seed', SEED + 2 ** 31),
      {
        what: 'the parameters of the first circuit',
        change: { circuits: [productTask(0, { parameters: numbers([2, ANGLES[1]]) }), basisTask(1)] },
      },
      {
        what: 'the last row of inputs',
        change: { circuits: [productTask(0, { inputs: numbers([...ROWS[0], 0.4, 3], [2, 2]) }), basisTask(1)] },
      },
    ],
    others: [
      { circuits: [basisTask(0)] },
      { settings: { seed: 4_000_000_007 } },
      { circuits: [productTask(0, { shots: 50 })] },
    ],
    mistakes: async () => {
      const own = { backend: await simulated(), study: `${study}-r${studies++}`, run: 'one' };
      await mustRefuse(
        runToTheEnd(instances.first, own, deadlineMs, [productTask(0, { qubits: [9] })]),
        status.INVALID_ARGUMENT,
      );
    },
  });
  const refusals = streamRefusals({
    name: 'a run',
    source,
    order: { settings: { once: true }, circuit: {} },
    parts: async () => runParts({ backend: (await backend()).name, study: `${study}-r${studies++}`, run: 'refused' }),
    async capabilities() {
      const { capabilities } = await instances.first.getCapabilities({}, { deadlineMs });
      return capabilities ?? { service: '', version: '', engines: [], limits: [], hyperparameters: [], methods: [] };
    },
    ask: (parts) => askToTheEnd(instances.first.run({ deadlineMs }), parts),
  });
  return [...repeats, ...refusals];
}
