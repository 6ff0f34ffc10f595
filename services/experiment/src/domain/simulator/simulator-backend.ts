import type {
  BackendDescription,
  BackendLimits,
  ExperimentBackend,
  Job,
  JobResult,
  JobStatus,
  OutcomeCounts,
  Price,
} from '../backend/backend.ts';
import { exactQuote, jobCost } from '../backend/job-cost.ts';
import { requireWithin } from '../backend/require-within.ts';
import type { Clock } from '../clock.ts';
import type { JobStore } from '../providers/provider.ts';
import type { CalibrationValues, GateTimes } from './calibration.ts';
import { calibrationAt, type Drift } from './drift.ts';
import type { SimulationTask } from './simulate.ts';
import { decodeStoredJob, encodeStoredJob, type StoredJob } from './stored-job.ts';

/** Settings of a simulated backend. */
export interface SimulatorSettings {
  readonly name: string;
  readonly qubits: number;
  /** Noise of a device. Absent: none. */
  readonly device?: {
    readonly calibration: CalibrationValues;
    readonly drift: Drift;
    readonly gateTimes: GateTimes;
    /** Whether gates between qubits without coupling are refused. */
    readonly enforceCoupling: boolean;
  };
  readonly trajectories: number;
  /** Time that each job waits before its turn. Unit: seconds. */
  readonly queueSeconds: number;
  /** Time on the device of each job and of each shot. Unit: seconds. */
  readonly jobSeconds: number;
  readonly shotSeconds: number;
  readonly price: Price;
  readonly limits: BackendLimits;
}

/** What a simulated backend runs on. */
export interface SimulatorDeps {
  readonly clock: Clock;
  readonly store: JobStore;
  readonly simulate: (task: SimulationTask, signal: AbortSignal) => Promise<OutcomeCounts[]>;
}

/** A job of this process. */
interface HeldJob {
  readonly stored: StoredJob;
  /** Settles when there are counts, or a failure; undefined before it was started. */
  simulation?: Promise<void>;
  result?: JobResult;
  failure?: string;
  /** Whether it can no longer be cancelled, and was not. */
  isSafe?: boolean;
}

/**
 * The library's simulator as a backend: it takes jobs one after the other, and keeps them in the store, so that a job that was
 * accepted survives a restart as it would at a vendor. A job's counts are a function of its executions, its seed and the
 * calibration at its start, so that they are not kept: they are simulated again for who asks after a restart.
 */
export function createSimulatorBackend(settings: SimulatorSettings, deps: SimulatorDeps): ExperimentBackend {
  const { name, price, limits, device } = settings;
  const { clock, store } = deps;
  const closing = new AbortController();
  const held = new Map<string, Promise<HeldJob | undefined>>();
  /** When the last job that was accepted here ends. */
  let busyUntilMs = 0;

  const ref = (token: string, what: 'job' | 'cancelled'): string => `experiment/${name}/${token}/${what}`;
  const secondsOf = ({ executions }: Pick<Job, 'executions'>): number =>
    settings.jobSeconds + settings.shotSeconds * executions.reduce((sum, { shots }) => sum + shots, 0);
  const endOf = ({ job, startMs }: StoredJob): number => startMs + 1000 * secondsOf(job);
  const costOf = (job: Pick<Job, 'executions'>): number => jobCost(price, job.executions, secondsOf(job));

  const load = async (token: string): Promise<HeldJob | undefined> => {
    const hash = await store.getRef(ref(token, 'job'));
    if (hash === undefined) return undefined;
    return { stored: decodeStoredJob(await store.get(hash)) };
  };
  /** The job of a token, from this process or from the store. One that is not there now may come. */
  const jobOf = async (token: string): Promise<HeldJob | undefined> => {
    const known = held.get(token) ?? load(token);
    held.set(token, known);
    const job = await known.catch((error) => {
      held.delete(token);
      throw error;
    });
    if (job === undefined && held.get(token) === known) held.delete(token);
    return job;
  };
  const need = async (id: string): Promise<HeldJob> => {
    const job = await jobOf(id);
    if (job === undefined) throw new Error(`backend ${name}: there is no job ${id}`);
    return job;
  };

  const accept = async (job: Job): Promise<HeldJob> => {
    const acceptedMs = clock.now();
    const startMs = Math.max(acceptedMs + 1000 * settings.queueSeconds, busyUntilMs);
    const stored = { acceptedMs, startMs, job };
    busyUntilMs = endOf(stored);
    await store.setRef(ref(job.token, 'job'), await store.put(encodeStoredJob(stored)));
    return { stored };
  };
  const start = (job: HeldJob): void => {
    const { stored } = job;
    const calibration = device && calibrationAt(name, device.calibration, device.drift, stored.startMs);
    const noise = device &&
      calibration && { calibration, coupling: device.calibration.coupling, gateTimes: device.gateTimes };
    const { executions, seed } = stored.job;
    const task = { executions, trajectories: settings.trajectories, seed, ...(noise ? { noise } : {}) };
    job.simulation ??= deps.simulate(task, closing.signal).then(
      (counts) => {
        job.result = { counts, calibration: calibration?.id ?? '', timeMs: endOf(stored) };
      },
      (error) => {
        job.failure = (error as Error).message;
      },
    );
  };

  return {
    name,
    provider: 'simulator',
    simulated: true,
    submission: { isIdempotent: true, settleMs: 0 },
    pollMs: 5,
    async describe(): Promise<BackendDescription> {
      const now = clock.now();
      const jobs = (await Promise.all(held.values())).filter((job) => job !== undefined);
      return {
        online: true,
        reason: '',
        qubits: settings.qubits,
        basisGates: [],
        coupling: device?.enforceCoupling ? device.calibration.coupling : [],
        limits,
        price,
        pendingJobs: jobs.filter(({ stored }) => endOf(stored) > now).length,
        waitSeconds: Math.max(settings.queueSeconds, (busyUntilMs - now) / 1000, 0),
        ...(device ? { calibration: calibrationAt(name, device.calibration, device.drift, now) } : {}),
      };
    },
    quote: async (job) => exactQuote(costOf(job), secondsOf(job)),
    async submit(job) {
      requireWithin(job.executions, {
        backend: name,
        qubits: settings.qubits,
        limits,
        coupling: device?.enforceCoupling ? device.calibration.coupling : [],
      });
      if ((await jobOf(job.token)) === undefined) {
        const standing = held.get(job.token);
        if (standing === undefined) held.set(job.token, accept(job));
      }
      const accepted = await need(job.token);
      start(accepted);
      return job.token;
    },
    find: async (token) => ((await jobOf(token)) === undefined ? undefined : token),
    async status(id): Promise<JobStatus> {
      const job = await need(id);
      const { stored } = job;
      // From its turn on a job is not cancelled: what the store says then holds for good.
      const isTurn = clock.now() >= stored.startMs;
      if (!job.isSafe && (await store.getRef(ref(id, 'cancelled'))) !== undefined) {
        return { state: 'cancelled', cost: 0, reason: 'it was cancelled before its turn' };
      }
      job.isSafe = isTurn;
      if (job.failure !== undefined) return { state: 'failed', cost: 0, reason: job.failure };
      if (job.result === undefined) start(job);
      const now = clock.now();
      if (now < stored.startMs) {
        return { state: 'queued', position: await aheadOf(stored) };
      }
      if (now < endOf(stored) || job.result === undefined) return { state: 'running' };
      return { state: 'completed', cost: costOf(stored.job) };
    },
    async results(id) {
      const { result } = await need(id);
      if (result === undefined) throw new Error(`backend ${name}: job ${id} has no results yet`);
      // Who asks again has it loaded and simulated again.
      held.delete(id);
      return result;
    },
    async cancel(id) {
      const { stored } = await need(id);
      if (clock.now() < stored.startMs) {
        await store.setRef(ref(id, 'cancelled'), await store.put(Buffer.from(`cancelled ${id}`)));
      }
    },
    async close() {
      closing.abort(new Error(`backend ${name} is closed`));
      const jobs = await Promise.allSettled(held.values());
      await Promise.allSettled(jobs.map((job) => (job.status === 'fulfilled' ? job.value?.simulation : undefined)));
    },
  };

  /** Number of jobs whose turn comes before that of `stored`. */
  async function aheadOf({ startMs }: StoredJob): Promise<number> {
    const now = clock.now();
    const jobs = await Promise.all(held.values());
    return jobs.filter((job) => job !== undefined && job.stored.startMs < startMs && endOf(job.stored) > now).length;
  }
}
