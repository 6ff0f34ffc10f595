import { createRandom } from '@qloom/random/random.ts';
import { computeSeconds, executionSeconds, type IonqDevice, jobCost, uuid } from './emulated-device.ts';
import { type EmulatedCircuit, exactProbabilities, type JobPayload } from './read-job.ts';
import { invalid, notFound } from './refusal.ts';

/** A job that the emulator accepted; the jobs of its circuits are inside. */
export interface EmulatedJob {
  readonly id: string;
  readonly payload: JobPayload;
  readonly children: readonly { readonly id: string; readonly circuit: EmulatedCircuit }[];
  readonly submittedMs: number;
  status: 'ready' | 'started' | 'completed' | 'failed' | 'canceled';
  /** When its turn came; undefined while the queue is held. */
  queuedFromMs: number | undefined;
  startedMs: number | undefined;
  completedMs: number | undefined;
  failure: { readonly code: string; readonly message: string } | undefined;
  /** What it was charged. Unit: USD. */
  charged: number;
  /** Probabilities of the states of each circuit once it is completed: frequencies, or exact ones of the ideal simulator. */
  probabilities: readonly Readonly<Record<string, number>>[];
}

/** How the jobs of an emulator run. */
export interface JobSettings {
  /** Time that a job waits. Unit: seconds. */
  queueSeconds: number;
  /** Time after its end at which a job has a final cost. Unit: seconds. */
  costDelaySeconds: number;
  /** Time after its creation at which a job is in lists. Unit: seconds. */
  listDelaySeconds: number;
  /** Whether the queue stands still. */
  isHeld: boolean;
}

/** The jobs of an emulator. */
export interface EmulatedJobs {
  readonly all: readonly EmulatedJob[];
  create(payload: JobPayload, failure: EmulatedJob['failure']): EmulatedJob;
  /** The job, or the one that a circuit's job is part of. Throws {@link IonqRefusal}. */
  get(id: string): EmulatedJob;
  cancel(id: string): EmulatedJob;
  /** Predicted cost of a job. Unit: USD. */
  predictedCost(payload: JobPayload): number;
  /** Documents of jobs and of their circuits' jobs, newest first. */
  documents(parent: string | null): Readonly<Record<string, unknown>>[];
  document(id: string): Readonly<Record<string, unknown>>;
  cost(id: string): Readonly<Record<string, unknown>>;
  /** The artifact with the probabilities of all circuits, or of one. */
  artifact(id: string, artifact: string): unknown;
}

const AGGREGATE = 'ionq.result.probabilities-aggregate.json.v1';
const SINGLE = 'ionq.result.probabilities.json.v1';

/** Keeps the jobs of a device and of the simulator. */
export function createEmulatedJobs(
  device: IonqDevice,
  settings: JobSettings,
  { now, seed }: { readonly now: () => number; readonly seed: number },
): EmulatedJobs {
  const jobs: EmulatedJob[] = [];
  const isFree = ({ backend }: JobPayload): boolean => backend === 'simulator';
  const predictedCost = (payload: JobPayload): number =>
    isFree(payload) ? 0 : jobCost(device, payload.circuits, payload.shots);

  const advance = (job: EmulatedJob): EmulatedJob => {
    if (job.completedMs !== undefined) return job;
    if (job.queuedFromMs === undefined && !settings.isHeld) job.queuedFromMs = now();
    if (job.queuedFromMs === undefined) return job;
    const startMs = job.queuedFromMs + 1000 * settings.queueSeconds;
    if (now() >= startMs) {
      job.startedMs ??= startMs;
      job.status = 'started';
    }
    const seconds = isFree(job.payload) ? 0 : executionSeconds(job.payload.circuits, job.payload.shots);
    const endMs = startMs + 1000 * seconds;
    if (now() < endMs) return job;
    job.completedMs = endMs;
    if (job.failure) {
      job.status = 'failed';
      return job;
    }
    const random = createRandom(`${seed} ${jobs.indexOf(job)}`);
    const factor = 1 + 0.05 * (2 * random.fork('billed').uniform() - 1);
    job.charged = isFree(job.payload) ? 0 : jobCost(device, job.payload.circuits, job.payload.shots, factor);
    job.probabilities = job.children.map(({ circuit }, i) => {
      const exact = exactProbabilities(circuit);
      const isIdeal = isFree(job.payload) && (job.payload.noise?.model ?? 'ideal') === 'ideal';
      return isIdeal ? exact : frequencies(exact, job.payload.shots, () => random.fork(i));
    });
    job.status = 'completed';
    return job;
  };
  const get = (id: string): EmulatedJob => {
    const job = jobs.find((one) => one.id === id || one.children.some((child) => child.id === id));
    if (!job) throw notFound(`job ${id}`);
    return advance(job);
  };

  const document = (job: EmulatedJob, child?: EmulatedJob['children'][number]) => {
    const { payload } = job;
    const isMany = payload.type === 'ionq.multi-circuit.v1';
    const circuits = child ? [child.circuit] : payload.circuits;
    const count = (key: 'oneQubitGates' | 'twoQubitGates') => circuits.reduce((sum, one) => sum + one[key], 0);
    const format = isMany && !child ? AGGREGATE : SINGLE;
    const descriptor = { id: artifactId(child?.id ?? job.id), format, media_type: 'application/json' };
    const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
    return {
      id: child?.id ?? job.id,
      status: job.status,
      type: child ? 'ionq.circuit.v1' : payload.type,
      backend: payload.backend,
      dry_run: false,
      submitter_id: 'emulated',
      project_id: null,
      parent_job_id: child ? job.id : null,
      child_job_ids: isMany && !child ? job.children.map(({ id }) => id) : null,
      session_id: payload.sessionId,
      metadata: payload.metadata,
      name: child ? child.circuit.name : payload.name,
      submitted_at: iso(job.submittedMs),
      started_at: iso(job.startedMs),
      completed_at: iso(job.completedMs),
      predicted_wait_time_ms: null,
      predicted_execution_duration_ms: Math.round(1000 * executionSeconds(circuits, payload.shots)),
      execution_duration_ms:
        job.status === 'completed' ? Math.round(1000 * executionSeconds(circuits, payload.shots)) : null,
      shots: payload.shots,
      ...(payload.noise ? { noise: payload.noise } : {}),
      cost_model: device.pricing.unit === 'gates' ? '2QGE_operations' : 'QCT',
      failure: job.status === 'failed' ? job.failure : null,
      settings: {},
      stats: {
        qubits: Math.max(...circuits.map(({ circuit }) => circuit.qubits)),
        circuits: circuits.length,
        gate_counts: { '1q': count('oneQubitGates'), '2q': count('twoQubitGates') },
        predicted_quantum_compute_time_us: Math.round(1e6 * computeSeconds(circuits, payload.shots)),
      },
      output: {},
      // Clients of a year ago read the address of the probabilities, today's an artifact.
      results:
        job.status === 'completed'
          ? {
              [format]: descriptor,
              probabilities: { ...descriptor, url: `/v0.4/jobs/${child?.id ?? job.id}/results/probabilities` },
            }
          : null,
    };
  };

  return {
    all: jobs,
    predictedCost,
    create(payload, failure) {
      const random = createRandom(`ionq job ${seed} ${jobs.length}`);
      const job: EmulatedJob = {
        id: uuid(random),
        payload,
        children: payload.circuits.map((circuit, i) => ({ id: uuid(random.fork(i)), circuit })),
        submittedMs: now(),
        status: 'ready',
        queuedFromMs: settings.isHeld ? undefined : now(),
        startedMs: undefined,
        completedMs: undefined,
        failure,
        charged: 0,
        probabilities: [],
      };
      jobs.push(job);
      return job;
    },
    get,
    cancel(id) {
      const job = get(id);
      if (job.completedMs !== undefined) throw invalid(`job ${id} is ${job.status} and cannot be canceled`);
      job.status = 'canceled';
      job.completedMs = now();
      return job;
    },
    documents(parent) {
      const listed = jobs.filter((job) => now() >= job.submittedMs + 1000 * settings.listDelaySeconds).map(advance);
      const all = listed.flatMap((job) => {
        const children = job.payload.type === 'ionq.multi-circuit.v1' ? job.children : [];
        // The order of a job and of those of its circuits is not documented; here the job comes first.
        return [...children.map((child) => document(job, child)), document(job)];
      });
      return all.filter((one) => parent === null || one.parent_job_id === parent).toReversed();
    },
    document(id) {
      const job = get(id);
      return document(
        job,
        job.children.find((child) => child.id === id),
      );
    },
    cost(id) {
      const job = get(id);
      const isFinal = job.completedMs !== undefined && now() >= job.completedMs + 1000 * settings.costDelaySeconds;
      return {
        dry_run: false,
        estimated_cost: { unit: 'usd', value: predictedCost(job.payload) },
        ...(isFinal ? { cost: { unit: 'usd', value: job.charged } } : {}),
      };
    },
    artifact(id, artifact) {
      const job = get(id);
      if (job.status !== 'completed' || artifact !== artifactId(id)) throw notFound(`artifact ${artifact}`);
      const one = job.children.findIndex((child) => child.id === id);
      if (one >= 0) return job.probabilities[one];
      if (job.payload.type !== 'ionq.multi-circuit.v1') return job.probabilities[0];
      return Object.fromEntries(job.children.map((child, i) => [child.id, job.probabilities[i]]));
    },
  };
}

/** The artifact of a job's probabilities. */
const artifactId = (id: string): string => uuid(createRandom(`ionq artifact ${id}`));

function frequencies(
  exact: Readonly<Record<string, number>>,
  shots: number,
  fork: () => ReturnType<typeof createRandom>,
): Record<string, number> {
  const random = fork();
  const entries = Object.entries(exact);
  const counts: Record<string, number> = {};
  for (let shot = 0; shot < shots; shot++) {
    let left = random.uniform();
    let index = entries.findIndex(([, p]) => (left -= p) < 0);
    if (index < 0) index = entries.length - 1;
    const [state] = entries[index];
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([state, count]) => [state, count / shots]));
}
