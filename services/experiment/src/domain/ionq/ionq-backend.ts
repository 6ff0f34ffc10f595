import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError, CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { createRandom } from '@qloom/random/random.ts';
import type {
  BackendDescription,
  BackendLimits,
  Execution,
  ExperimentBackend,
  Job,
  Price,
} from '../backend/backend.ts';
import { JobRefusedError } from '../backend/errors.ts';
import { exactQuote } from '../backend/job-cost.ts';
import { requireWithin } from '../backend/require-within.ts';
import type { Clock } from '../clock.ts';
import {
  type BackendDocument,
  type CharacterizationDocument,
  calibrationOf,
  couplingOf,
} from './device-description.ts';
import { createIonqApi, type IonqApiSettings } from './ionq-api.ts';
import { IonqApiError, notYetSent, submissionError } from './ionq-errors.ts';
import { countsOf, type StateProbabilities } from './ionq-results.ts';
import { circuitName, jobPayload, MOST_GATES, TOKEN_KEY } from './job-payload.ts';
import { type CostDocument, hasEnded, type JobDocument, jobStatus } from './job-status.ts';
import { type EstimateDocument, type MinimumPer, type PriceModel, readPriceModel } from './price-model.ts';
import { type QisCircuit, qisCircuit } from './qis-circuit.ts';

/** Settings of a backend at IonQ. */
export interface IonqSettings extends IonqApiSettings {
  readonly name: string;
  /** Name of the device at IonQ, such as `qpu.forte-1`, or `simulator`. */
  readonly device: string;
  /** Noise model of the simulator; undefined: ideal, and on devices. */
  readonly noise: string | undefined;
  readonly limits: BackendLimits;
  readonly minimumPer: MinimumPer;
  /** Whether each job is in a session of its own, which the service ends at the most that the job may cost. */
  readonly sessions: boolean;
  readonly pollMs: number;
}

/** Format of the results of several circuits: probabilities by the identifier of each circuit's job. */
const AGGREGATE = 'ionq.result.probabilities-aggregate.json.v1';
const FREE: Price = { unit: 'free', perJob: 0, perExecution: 0, perShot: 0, perSecond: 0 };
/** How long estimates and a device's description are used. Unit: milliseconds. */
const DEVICE_AGE_MS = 10 * 60_000;

interface Known {
  readonly description: BackendDescription;
  /** Absent for the simulator, which is free. */
  readonly prices: PriceModel | undefined;
  readonly untilMs: number;
}

/** A device of IonQ behind its REST API. Connects to nothing until it is asked. */
export function createIonqBackend(settings: IonqSettings, clock: Clock, request: typeof fetch): ExperimentBackend {
  const { name, device, limits, noise } = settings;
  const api = createIonqApi(settings, request);
  const simulated = device === 'simulator';
  const closing = new AbortController();
  const circuits = new WeakMap<Circuit, QisCircuit>();
  let known: Known | undefined;

  const open = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal]);
  const get = <T>(path: string, signal: AbortSignal, query: Readonly<Record<string, string>> = {}): Promise<T> =>
    api.get<T>(path, query, open(signal));
  const jobPath = (id: string): string => `/jobs/${encodeURIComponent(id)}`;

  const askPrices = (qubits: number, signal: AbortSignal): Promise<PriceModel> =>
    readPriceModel(
      ({ shots, oneQubitGates, twoQubitGates }) =>
        get<EstimateDocument>('/jobs/estimate', signal, {
          backend: device,
          type: 'ionq.multi-circuit.v1',
          qubits: String(qubits),
          shots: String(shots),
          '1q_gates': String(oneQubitGates),
          '2q_gates': String(twoQubitGates),
          error_mitigation: 'false',
        }),
      settings.minimumPer,
    );
  const ask = async (signal: AbortSignal): Promise<Known> => {
    const path = `/backends/${encodeURIComponent(device)}`;
    const { status, qubits, characterization_id: id } = await get<BackendDocument>(path, signal);
    const characterization =
      simulated || !id
        ? undefined
        : await get<CharacterizationDocument>(`${path}/characterizations/${encodeURIComponent(id)}`, signal);
    // Estimates are kept while the description is refreshed: five questions more would be asked each time.
    const prices = simulated
      ? undefined
      : known && clock.now() < known.untilMs
        ? known.prices
        : await askPrices(qubits, signal);
    const online = status === 'available';
    const description: BackendDescription = {
      online,
      reason: online ? '' : `the device is ${status}`,
      qubits,
      basisGates: [],
      coupling: characterization ? couplingOf(characterization) : [],
      limits,
      price: prices?.price ?? FREE,
      // The service tells a time, and not how many jobs wait.
      pendingJobs: 0,
      waitSeconds: prices?.waitSeconds ?? 0,
      ...(characterization ? { calibration: calibrationOf(characterization) } : {}),
    };
    const untilMs = known && prices === known.prices ? known.untilMs : clock.now() + DEVICE_AGE_MS;
    known = { description, prices, untilMs };
    return known;
  };
  const latest = async (signal: AbortSignal): Promise<Known> =>
    known && clock.now() < known.untilMs ? known : ask(signal);

  /** The circuit in IonQ's gates. Throws JobRefusedError where it cannot be. */
  const translate = ({ circuit }: Pick<Execution, 'circuit'>): QisCircuit => {
    const translated = circuits.get(circuit);
    if (translated) return translated;
    try {
      const fresh = qisCircuit(circuit);
      circuits.set(circuit, fresh);
      return fresh;
    } catch (error) {
      if (!(error instanceof CircuitError || error instanceof CircuitTooLargeError)) throw error;
      throw new JobRefusedError(`backend ${name}: ${error.message}`, { cause: error });
    }
  };
  const refuseUnfit = (executions: readonly Execution[], { qubits }: BackendDescription): void => {
    requireWithin(executions, { backend: name, qubits, limits, coupling: [] });
    const gates = executions.reduce((sum, one) => {
      const { oneQubitGates, twoQubitGates } = translate(one);
      return sum + oneQubitGates + twoQubitGates;
    }, 0);
    if (gates <= MOST_GATES) return;
    const most = Math.floor((executions.length * MOST_GATES) / gates);
    const right = most >= 1 ? `limits.maxExecutions of at most ${most} is right` : 'a smaller circuit is right';
    throw new JobRefusedError(`backend ${name}: a job of ${gates} gates, and IonQ takes ${MOST_GATES}; ${right}`);
  };
  /** A session of one job, which the service ends at a cost. */
  const openSession = async (maxCost: number, unit: Price['unit'], signal: AbortSignal): Promise<string> => {
    const limit = { unit: unit === 'credits' ? 'credit' : 'usd', value: maxCost };
    const body = { backend: device, settings: { job_count_limit: 1, cost_limit: limit } };
    return (await api.post<{ readonly id: string }>('/sessions', body, open(signal))).id;
  };
  const endSession = async (id: string, signal: AbortSignal): Promise<void> => {
    // A session that cannot be ended expires; the job's own end matters.
    await api.post(`/sessions/${encodeURIComponent(id)}/end`, {}, open(signal)).catch(() => {});
  };

  const jobs = async function* (query: Readonly<Record<string, string>>, signal: AbortSignal) {
    let next: string | null | undefined;
    do {
      const page = await get<{ readonly jobs: readonly JobDocument[]; readonly next: string | null }>('/jobs', signal, {
        ...query,
        ...(next ? { next } : {}),
      });
      yield* page.jobs;
      next = page.next;
    } while (next);
  };
  /** The jobs of a job's circuits, in the order of the executions: by their names, or as they are listed where they have none. */
  const childrenOf = async (job: JobDocument, count: number, signal: AbortSignal): Promise<readonly string[]> => {
    const names = new Map<string, string>();
    for await (const child of jobs({ parent_job_id: job.id }, signal)) names.set(child.name ?? '', child.id);
    const named = Array.from({ length: count }, (_, i) => names.get(circuitName(i)));
    const ids = named.includes(undefined) ? (job.child_job_ids ?? []) : (named as string[]);
    if (ids.length === count) return ids;
    throw new Error(`backend ${name}: job ${job.id} has ${ids.length} circuits for ${count} executions`);
  };

  return {
    name,
    provider: 'ionq',
    simulated,
    // The API has no client tokens; a request that was cut off may still be carried out for as long as one may take.
    submission: { isIdempotent: false, settleMs: 2 * settings.timeoutMs },
    pollMs: settings.pollMs,
    describe: async (signal) => (await ask(signal)).description,

    async quote({ executions }) {
      if (!known) throw new Error(`backend ${name}: describe it before asking for a quote`);
      refuseUnfit(executions, known.description);
      const { prices } = known;
      if (!prices) return exactQuote(0, 0);
      const sizes = executions.map((execution) => {
        const { oneQubitGates, twoQubitGates } = translate(execution);
        return { shots: execution.shots, oneQubitGates, twoQubitGates };
      });
      return { cost: prices.cost(sizes), seconds: prices.seconds(sizes) };
    },

    async submit(job, signal) {
      try {
        // Neither the device's description nor a session costs: nothing is accepted before the job itself.
        const { description } = await latest(signal).catch((error: unknown) => {
          throw notYetSent(error);
        });
        refuseUnfit(job.executions, description);
        const session = settings.sessions
          ? await openSession(job.maxCost, description.price.unit, signal).catch((error: unknown) => {
              throw notYetSent(error);
            })
          : undefined;
        const body = await jobPayload(job, { device, noise, session }, translate);
        return (await api.post<{ readonly id: string }>('/jobs', body, open(signal))).id;
      } catch (error) {
        throw submissionError(error);
      }
    },

    async find(token, signal) {
      let found: string | undefined;
      // Newest first: the last one is the oldest. Circuits of a job may have its metadata.
      for await (const job of jobs({ target: device }, signal)) {
        if (job.metadata?.[TOKEN_KEY] === token && !job.parent_job_id) found = job.id;
      }
      return found;
    },

    async status(id, signal) {
      const job = await get<JobDocument>(jobPath(id), signal);
      const isOver = hasEnded(job);
      const cost = isOver && !simulated ? await get<CostDocument>(`${jobPath(id)}/cost`, signal) : undefined;
      const status = jobStatus(job, simulated ? { cost: { value: 0 } } : cost, clock.now());
      if (isOver && settings.sessions && job.session_id) await endSession(job.session_id, signal);
      return status;
    },

    async results(id, job: Job, signal) {
      const document = await get<JobDocument>(jobPath(id), signal);
      const artifact = document.results?.[AGGREGATE]?.id;
      if (artifact === undefined) throw new Error(`backend ${name}: job ${id} has no result ${AGGREGATE}`);
      const path = `${jobPath(id)}/artifacts/${encodeURIComponent(artifact)}`;
      const [byCircuit, children, { description }] = await Promise.all([
        get<Readonly<Record<string, StateProbabilities>>>(path, signal),
        childrenOf(document, job.executions.length, signal),
        latest(signal),
      ]);
      const exact = simulated && noise === undefined ? createRandom(`ionq ${job.token} ${job.seed}`) : undefined;
      return {
        counts: job.executions.map((execution, i) =>
          countsOf(byCircuit[children[i]] ?? {}, execution, translate(execution).places, exact?.fork(i)),
        ),
        calibration: description.calibration?.id ?? '',
        timeMs: Date.parse(document.completed_at ?? '') || clock.now(),
      };
    },

    async cancel(id, signal) {
      try {
        await api.put(`${jobPath(id)}/status/cancel`, open(signal));
      } catch (error) {
        // The status tells what came of it, also where the job has ended.
        if (!(error instanceof IonqApiError) || ![400, 404, 409].includes(error.status)) throw error;
      }
    },

    async close() {
      closing.abort(new Error(`backend ${name} is closed`));
    },
  };
}
