import {
  type Backend,
  Backend as BackendMessage,
  type CircuitTask,
  type Counts,
  ExperimentServiceService,
  JobState,
  type QuoteResponse,
  type RunRequest,
  type RunResponse,
  type RunSettings,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { measureOnce } from '../qnn-sim/right-circuits.ts';
import { uniforms } from '../random.ts';

/** Executions of one job. */
const JOB_EXECUTIONS = 2;

const BACKENDS: readonly Backend[] = [
  {
    name: 'device',
    simulated: false,
    online: false,
    reason: 'is not connected',
    price: { unit: 'USD', perJob: 1, perExecution: 0, perShot: 0, perSecond: 0 },
  },
  {
    name: 'free',
    simulated: true,
    online: true,
    reason: '',
    price: { unit: 'free', perJob: 0, perExecution: 0, perShot: 0, perSecond: 0 },
  },
  {
    name: 'priced',
    simulated: true,
    online: true,
    reason: '',
    price: { unit: 'USD', perJob: 0.3, perExecution: 0.01, perShot: 0.001, perSecond: 0 },
  },
].map((given) => ({ ...BackendMessage.fromPartial({ provider: 'toy', qubits: 3 }), ...given }));

/** A run that is paid for. */
interface PaidRun {
  readonly request: string;
  readonly backend: string;
  readonly responses: readonly RunResponse[];
  readonly cost: number;
  readonly shots: number;
}

/** What the instances of a service share: runs by study and name. */
export type Journal = Map<string, Map<string, PaidRun>>;

/** A small right experiment service with three backends, over a journal. */
export function rightExperiment(journal: Journal): ServiceBinding {
  return bindService(ExperimentServiceService, {
    getCapabilities: () => ({
      capabilities: {
        service: 'toy',
        version: '1.0.0',
        engines: [],
        limits: [{ name: 'executions', maximum: 1000 }],
        hyperparameters: [],
        methods: [],
      },
    }),
    listBackends: () => ({ backends: [...BACKENDS] }),
    getBackend: ({ name }) => ({ backend: backendOf(name) }),
    quote: ({ backend, circuits }) => quoteOf(backendOf(backend), circuits),
    async *run(requests) {
      const circuits: CircuitTask[] = [];
      const { settings } = await readParts<NonNullable<RunRequest['part']>, typeof PARTS>(requests, PARTS, {
        circuit: (circuit) => circuits.push(circuit),
      });
      const backend = backendOf(settings.backend);
      const runs = journal.get(settings.study) ?? new Map<string, PaidRun>();
      journal.set(settings.study, runs);
      const request = JSON.stringify([settings.backend, settings.seed, circuits]);
      const known = runs.get(settings.run);
      if (known !== undefined && known.request !== request)
        throw new DomainError('precondition', 'the run has other settings or circuits');
      const paid = known ?? pay(settings, backend, circuits, request, [...runs.values()]);
      runs.set(settings.run, paid);
      yield* paid.responses;
    },
    cancel({ study, run }) {
      const known = journal.get(study)?.get(run);
      if (known === undefined) throw new DomainError('not-found', `no run ${run}`);
      return { cost: known.cost, cancelledJobs: 0 };
    },
  });
}

const PARTS = [
  ['settings', 'once'],
  ['circuit', 'some'],
] as const;

function backendOf(name: string): Backend {
  const found = BACKENDS.find((backend) => backend.name === name);
  if (found === undefined) throw new DomainError('not-found', `no backend ${name}`);
  return found;
}

const rowsOf = ({ inputs }: CircuitTask): number => inputs?.shape[0] ?? 0;

function quoteOf({ price }: Backend, circuits: readonly CircuitTask[]): QuoteResponse {
  if (circuits.length === 0) throw new ValidationError([{ field: 'circuits', description: 'are empty' }]);
  if (circuits.some((circuit) => rowsOf(circuit) === 0))
    throw new ValidationError([{ field: 'inputs', description: 'have no row' }]);
  const executions = circuits.reduce((sum, circuit) => sum + rowsOf(circuit), 0);
  const shots = circuits.reduce((sum, circuit) => sum + rowsOf(circuit) * circuit.shots, 0);
  const jobs = Math.ceil(executions / JOB_EXECUTIONS);
  const { perJob = 0, perExecution = 0, perShot = 0, unit = '' } = price ?? {};
  const cost = perJob * jobs + perExecution * executions + perShot * shots;
  return {
    cost: { low: cost, expected: cost, high: cost },
    unit,
    seconds: { low: 0, expected: 1, high: 2 },
    jobs,
    executions,
    shots: BigInt(shots),
  };
}

/** Runs the circuits, where the budget allows it. */
function pay(
  { budget, seed }: RunSettings,
  backend: Backend,
  circuits: readonly CircuitTask[],
  request: string,
  paid: readonly PaidRun[],
): PaidRun {
  const quote = quoteOf(backend, circuits);
  const shots = Number(quote.shots);
  const cost = quote.cost?.high ?? 0;
  const before = paid.filter((run) => run.backend === backend.name);
  const spent = (of: 'cost' | 'shots') => before.reduce((sum, run) => sum + run[of], 0);
  const tooDear = budget?.cost !== undefined && spent('cost') + cost > budget.cost;
  const tooMany = budget?.shots !== undefined && spent('shots') + shots > Number(budget.shots);
  if (tooDear || tooMany) throw new DomainError('precondition', 'exceeds what is left of the budget');
  const uniform = uniforms(seed);
  const executions = circuits.flatMap((circuit) =>
    measureOnce(circuit, circuit.shots, uniform).map((samples, row) => ({ circuit: circuit.index, row, samples })),
  );
  const price = backend.price;
  const jobs = Array.from({ length: quote.jobs }, (_, job) => {
    const own = executions.slice(job * JOB_EXECUTIONS, (job + 1) * JOB_EXECUTIONS);
    const jobShots = own.reduce((sum, { samples }) => sum + samples.length, 0);
    const jobCost = (price?.perJob ?? 0) + (price?.perExecution ?? 0) * own.length + (price?.perShot ?? 0) * jobShots;
    const update = (state: JobState): RunResponse => ({
      part: {
        $case: 'job',
        value: {
          job,
          state,
          id: state > 1 ? `job-${job}` : '',
          queuePosition: undefined,
          cost: state === JobState.COMPLETED ? jobCost : 0,
          reason: '',
        },
      },
    });
    const results = own.map((one): RunResponse => ({ part: { $case: 'counts', value: countsOf(one, job) } }));
    return [update(JobState.INTENDED), update(JobState.QUEUED), update(JobState.COMPLETED), ...results];
  });
  const responses: RunResponse[] = [
    { part: { $case: 'quote', value: quote } },
    ...jobs.flat(),
    { part: { $case: 'summary', value: { cost, shots: quote.shots, jobs: quote.jobs, cancelled: false } } },
  ];
  return { request, backend: backend.name, responses, cost, shots };
}

function countsOf(
  { circuit, row, samples }: { circuit: number; row: number; samples: readonly number[] },
  job: number,
): Counts {
  const times = new Map<number, number>();
  for (const outcome of samples) times.set(outcome, (times.get(outcome) ?? 0) + 1);
  const outcomes = [...times.keys()].sort((a, b) => a - b);
  return {
    circuit,
    row,
    outcomes: outcomes.map(BigInt),
    counts: outcomes.map((outcome) => times.get(outcome) ?? 0),
    job,
    calibration: '',
    timeMs: 0n,
  };
}
