import type { Random } from '@qloom/random/random.ts';
import type { ExperimentBackend, Job, JobStatus, Price, SubmissionRules } from '../domain/backend/backend.ts';
import { NotAcceptedError } from '../domain/backend/errors.ts';
import { exactQuote, jobCost } from '../domain/backend/job-cost.ts';
import type { Clock } from '../domain/clock.ts';

/** How a vendor misbehaves: probabilities for each request or job, and times in milliseconds. */
export interface VendorFaults {
  /** The request is refused with a rate limit. */
  readonly limited: number;
  /** The connection is reset, and nothing was accepted. */
  readonly reset: number;
  /** The job is accepted, and the reply is lost. */
  readonly lostReply: number;
  /** A question for status or results is not answered. */
  readonly unanswered: number;
  /** The job fails; half of the failed jobs are charged. */
  readonly failed: number;
  /** Somebody cancels the job at the vendor. */
  readonly cancelled: number;
  /** A request is accepted up to so much later, whatever became of its sender. */
  readonly latencyMs: number;
  /** An accepted job shows up in `find` up to so much later. */
  readonly lateMs: number;
}

/** A job that a vendor has accepted. */
interface VendorJob {
  readonly id: string;
  readonly token: string;
  readonly shots: number;
  readonly acceptedAt: number;
  readonly visibleAt: number;
  readonly endsAt: number;
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  /** What it is charged once it has ended. */
  cost: number;
  isCancelled: boolean;
}

/** A vendor in memory, which outlives the processes that call it. */
interface FakeVendor {
  readonly backend: ExperimentBackend;
  readonly jobs: readonly VendorJob[];
  /** How often each fault happened. */
  readonly faults: ReadonlyMap<string, number>;
  /** What all its jobs are charged. */
  charged(): number;
  /** What so many jobs with so many shots in all cost. */
  costOf(jobs: number, shots: number): number;
}

const PRICE: Price = { unit: 'USD', perJob: 0.3, perExecution: 0, perShot: 0.00035, perSecond: 0 };

/** Opens a vendor whose faults are drawn from `random`. Every shot of an execution has its first input, rounded, as its outcome. */
export function createFakeVendor(given: {
  readonly clock: Clock;
  readonly random: Random;
  readonly submission: SubmissionRules;
  readonly faults: VendorFaults;
  readonly maxExecutions: number;
  /** Creations in any minute that are accepted; more are refused with the time to wait. Absent: 30 are declared, and not enforced. */
  readonly createsPerMinute?: number;
  /** Called when a job was accepted. */
  readonly onAccept?: () => void;
}): FakeVendor {
  const { clock, random, faults, submission } = given;
  const jobs: VendorJob[] = [];
  const counted = new Map<string, number>();
  const never = new AbortController().signal;
  const happens = (fault: string, probability: number): boolean => {
    if (random.uniform() >= probability) return false;
    counted.set(fault, (counted.get(fault) ?? 0) + 1);
    return true;
  };
  const costOf = ({ executions }: Pick<Job, 'executions'>): number => jobCost(PRICE, executions, 0);

  const accept = (job: Job): VendorJob => {
    const known = jobs.find(({ token }) => token === job.token);
    if (known !== undefined && submission.isIdempotent) return known;
    const now = clock.elapsed();
    const outcome = happens('failed', faults.failed)
      ? 'failed'
      : happens('cancelled at the vendor', faults.cancelled)
        ? 'cancelled'
        : 'completed';
    const isCharged = outcome === 'completed' || random.uniform() < 0.5;
    const accepted: VendorJob = {
      id: `vendor-${jobs.length}`,
      token: job.token,
      shots: job.executions.reduce((sum, { shots }) => sum + shots, 0),
      acceptedAt: now,
      visibleAt: now + random.uniform() * faults.lateMs,
      endsAt: now + 1000 + random.uniform() * 20_000,
      outcome,
      cost: isCharged ? costOf(job) : 0,
      isCancelled: false,
    };
    jobs.push(accepted);
    given.onAccept?.();
    return accepted;
  };
  /** Times of the creations that were let pass. */
  const created: number[] = [];
  /** Lets a creation pass and returns 0, or returns how long to wait until one passes. Unit: milliseconds. */
  const rateWaitMs = (): number => {
    const { createsPerMinute: most } = given;
    const first = most === undefined ? undefined : created.at(-most);
    const waitMs = first === undefined ? 0 : Math.max(0, first + 60_000 - clock.elapsed());
    if (waitMs === 0) created.push(clock.elapsed());
    return waitMs;
  };
  const answer = (id: string): VendorJob => {
    if (happens('unanswered', faults.unanswered)) throw new Error('the vendor does not answer');
    const job = jobs.find((one) => one.id === id);
    if (job === undefined) throw new Error(`the vendor has no job ${id}`);
    return job;
  };

  const backend: ExperimentBackend = {
    name: 'vendor',
    provider: 'fake',
    simulated: true,
    submission,
    pollMs: 1000,
    async describe() {
      const limits = {
        maxExecutions: given.maxExecutions,
        sameShots: false,
        createsPerMinute: given.createsPerMinute ?? 30,
        maxPendingJobs: 3,
      };
      const none = { basisGates: [], coupling: [], pendingJobs: 0, waitSeconds: 0 };
      return { online: true, reason: '', qubits: 5, limits, price: PRICE, ...none };
    },
    quote: async (job) => exactQuote(costOf(job), 1),
    async submit(job, signal) {
      if (happens('limited', faults.limited))
        throw new NotAcceptedError('too many requests', 1000 + random.uniform() * 5000);
      const waitMs = rateWaitMs();
      if (waitMs > 0) {
        counted.set('over the rate', (counted.get('over the rate') ?? 0) + 1);
        throw new NotAcceptedError('too many creations', waitMs);
      }
      if (happens('reset', faults.reset)) throw new Error('the connection was reset');
      const isLost = happens('lost reply', faults.lostReply);
      // The request is on its way, whatever becomes of its sender.
      const arrival = clock.sleep(random.uniform() * faults.latencyMs, never).then(() => accept(job));
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const { id } = await Promise.race([arrival, aborted]);
      if (isLost) throw new Error('the socket was closed before the reply');
      return id;
    },
    async find(token) {
      if (happens('unanswered', faults.unanswered)) throw new Error('the vendor does not answer');
      return jobs.find((job) => job.token === token && job.visibleAt <= clock.elapsed())?.id;
    },
    async status(id): Promise<JobStatus> {
      const job = answer(id);
      const { outcome, cost } = job;
      if (job.isCancelled) return { state: 'cancelled', cost, reason: 'it was cancelled' };
      if (clock.elapsed() < job.endsAt) return { state: clock.elapsed() < job.endsAt - 1000 ? 'queued' : 'running' };
      return outcome === 'completed' ? { state: outcome, cost } : { state: outcome, cost, reason: `it was ${outcome}` };
    },
    async results(id, { executions }) {
      answer(id);
      const counts = executions.map(({ inputs, shots }) => new Map([[Math.round(inputs[0]), shots]]));
      return { counts, calibration: 'fake-1', timeMs: clock.now() };
    },
    async cancel(id) {
      const job = answer(id);
      if (clock.elapsed() >= job.endsAt || job.isCancelled) return;
      job.isCancelled = true;
      job.cost = 0;
    },
    async close() {},
  };
  return {
    backend,
    jobs,
    faults: counted,
    charged: () => jobs.reduce((sum, { cost }) => sum + cost, 0),
    costOf: (count, shots) => PRICE.perJob * count + PRICE.perShot * shots,
  };
}
