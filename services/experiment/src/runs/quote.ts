import type { QuoteResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { BackendDescription, Estimate, Execution, ExperimentBackend } from '../domain/backend/backend.ts';
import { JobRefusedError } from '../domain/backend/errors.ts';
import { requireWithin } from '../domain/backend/require-within.ts';
import type { PlannedJobs } from '../domain/ledger/event.ts';
import { pack } from '../domain/packing/pack.ts';

/** Executions in jobs, with what they cost. */
export interface PricedPlan {
  /** Indices of executions by job. */
  readonly plan: readonly (readonly number[])[];
  /** The jobs in order, equal neighbours as one entry. */
  readonly jobs: readonly PlannedJobs[];
  readonly quote: QuoteResponse;
}

/** Wait that is assumed for a queue of which the vendor says nothing, for each job in it. Unit: seconds. */
const UNKNOWN_WAIT_SECONDS = 60;

/** Puts executions into jobs and prices them. Rejects with DomainError (`invalid`) for an execution that the backend cannot run. */
export async function pricePlan(
  executions: readonly Execution[],
  backend: ExperimentBackend,
  description: BackendDescription,
): Promise<PricedPlan> {
  try {
    return await priced(executions, backend, description);
  } catch (error) {
    if (error instanceof JobRefusedError) throw new DomainError('invalid', error.message);
    throw error;
  }
}

async function priced(
  executions: readonly Execution[],
  backend: ExperimentBackend,
  description: BackendDescription,
): Promise<PricedPlan> {
  const { limits, qubits, coupling, price } = description;
  const bounds = { backend: backend.name, qubits, coupling, limits: { ...limits, maxExecutions: undefined } };
  for (const execution of executions) {
    // Couplings are those of the executed circuit, which the adapter knows.
    requireWithin([execution], { ...bounds, coupling: [] });
  }
  const plan = pack(
    executions.map(({ shots }) => shots),
    limits,
  );
  const cost = zero();
  const seconds = zero();
  const jobs: { count: number; shots: number; maxCost: number }[] = [];
  for (const indices of plan) {
    const ofJob = indices.map((index) => executions[index]);
    const quoted = await backend.quote({ executions: ofJob }, description);
    add(cost, quoted.cost);
    add(seconds, quoted.seconds);
    const shots = ofJob.reduce((sum, one) => sum + one.shots, 0);
    const last = jobs.at(-1);
    if (last?.shots === shots && last.maxCost === quoted.cost.high) last.count++;
    else jobs.push({ count: 1, shots, maxCost: quoted.cost.high });
  }
  add(seconds, waiting(description, plan.length));
  const shots = executions.reduce((sum, one) => sum + one.shots, 0);
  const counts = { jobs: plan.length, executions: executions.length, shots: BigInt(shots) };
  return { plan, jobs, quote: { cost, unit: price.unit, seconds, ...counts } };
}

/** Time that is not spent on the device: the queue, and the rate at which jobs may be created. */
function waiting({ waitSeconds, pendingJobs, limits }: BackendDescription, jobs: number): Estimate {
  const unknown = pendingJobs * UNKNOWN_WAIT_SECONDS;
  const queue = waitSeconds ?? unknown;
  const { createsPerMinute = Number.POSITIVE_INFINITY } = limits;
  const creating = Number.isFinite(createsPerMinute) ? 60 * Math.floor((jobs - 1) / Math.max(1, createsPerMinute)) : 0;
  return {
    expected: queue + creating,
    low: creating,
    // Of a queue that the vendor does not estimate, the half is a guess; of one that it does, twice is.
    high: creating + Math.max(2 * queue, unknown),
  };
}

type Sum = { -readonly [K in keyof Estimate]: number };
const zero = (): Sum => ({ expected: 0, low: 0, high: 0 });

function add(sum: Sum, { expected, low, high }: Estimate): void {
  sum.expected += expected;
  sum.low += low;
  sum.high += high;
}
