import { CircuitError } from '@qloom/quantum/errors.ts';
import type {
  BackendDescription,
  BackendLimits,
  Estimate,
  Execution,
  ExperimentBackend,
  Job,
  JobStatus,
  Price,
} from '../backend/backend.ts';
import { JobRefusedError } from '../backend/errors.ts';
import { requireWithin } from '../backend/require-within.ts';
import type { Clock } from '../clock.ts';
import type { Transpile } from '../providers/provider.ts';
import { decodeResult } from './decode-result.ts';
import { type ConfigurationDocument, type IbmDevice, type PropertiesDocument, readDevice } from './device.ts';
import { createIamToken } from './iam-token.ts';
import { createIsaCircuits } from './isa-circuits.ts';
import { type JobDocument, jobStatus, type MetricsDocument } from './job-status.ts';
import { pubsOf, rowOrder } from './pubs.ts';
import { createRuntimeApi } from './runtime-api.ts';
import { notYetSent, RuntimeApiError, submissionError } from './runtime-errors.ts';

/** Settings of a backend at IBM. */
export interface IbmSettings {
  readonly name: string;
  /** Name of the device at IBM, such as `ibm_torino`. */
  readonly device: string;
  readonly url: string;
  readonly iamUrl: string;
  readonly apiKey: string;
  /** Cloud resource name of the instance. */
  readonly instance: string;
  /** Name of the program that takes sampler PUBs. */
  readonly program: string;
  readonly limits: BackendLimits;
  /** Time of the device for each job besides its shots. Unit: seconds. */
  readonly overheadSeconds: number;
  readonly pollMs: number;
  /** Longest time of a request. Unit: milliseconds. */
  readonly timeoutMs: number;
}

/** The service charges the seconds that the device is busy. */
const PRICE: Price = { unit: 'seconds', perJob: 0, perExecution: 0, perShot: 0, perSecond: 1 };
/** Longest time of a job at the service. Unit: seconds. */
const MAX_JOB_SECONDS = 10_800;
/** Share of the expected time by which the actual one may differ. */
const TIME_ERROR = 0.1;
/** How long a device's description is used for submissions. Unit: milliseconds. */
const DEVICE_AGE_MS = 10 * 60_000;

/** What a backend at IBM runs on. */
interface IbmDeps {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly transpile: Transpile;
}

/** A device of IBM behind the REST API of Qiskit Runtime. Connects to nothing until it is asked. */
export function createIbmBackend(
  settings: IbmSettings,
  { clock, fetch: request, transpile }: IbmDeps,
): ExperimentBackend {
  const { name, device: deviceName, limits, timeoutMs } = settings;
  const token = createIamToken({ url: settings.iamUrl, apiKey: settings.apiKey, timeoutMs }, clock, request);
  const api = createRuntimeApi(settings, token, request);
  const closing = new AbortController();
  const backendPath = `/backends/${encodeURIComponent(deviceName)}`;
  let held: { readonly device: IbmDevice; readonly untilMs: number } | undefined;
  const circuits = createIsaCircuits((task) => transpile(task, closing.signal));

  const open = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal]);
  const get = <T>(path: string, signal: AbortSignal, query: Readonly<Record<string, string>> = {}): Promise<T> =>
    api.get(path, query, open(signal)) as Promise<T>;

  const readAgain = async (signal: AbortSignal): Promise<IbmDevice> => {
    const [configuration, properties] = await Promise.all([
      get<ConfigurationDocument>(`${backendPath}/configuration`, signal),
      get<PropertiesDocument>(`${backendPath}/properties`, signal),
    ]);
    const device = readDevice(configuration, properties);
    if (held?.device.calibration.id === device.calibration.id) return refreshed(held.device);
    return refreshed(device);
  };
  const refreshed = (device: IbmDevice): IbmDevice => {
    held = { device, untilMs: clock.now() + DEVICE_AGE_MS };
    return device;
  };
  const deviceFor = async (signal: AbortSignal): Promise<IbmDevice> =>
    held && clock.now() < held.untilMs ? held.device : readAgain(signal);

  /** The circuit in the device's gates. Rejects with JobRefusedError where it cannot be. */
  const translate = ({ circuit }: Execution, device: IbmDevice) =>
    circuits.of(circuit, device).catch((error: unknown) => {
      if (!(error instanceof CircuitError)) throw error;
      throw new JobRefusedError(`backend ${name}: ${error.message}`, { cause: error });
    });
  const refuseUnfit = (executions: readonly Execution[], device: IbmDevice): void =>
    requireWithin(executions, { backend: name, qubits: device.target.qubits, limits, coupling: [] });

  const costLimit = (maxCost: number): number => {
    const seconds = Math.min(MAX_JOB_SECONDS, Math.floor(maxCost));
    if (seconds >= 1) return seconds;
    throw new JobRefusedError(`backend ${name}: a job of at most ${maxCost} seconds; at least 1 is right`);
  };

  return {
    name,
    provider: 'ibm',
    simulated: false,
    // A tag is not unique at the service; a request that was cut off may still be carried out for as long as one may take.
    submission: { isIdempotent: false, settleMs: 2 * timeoutMs },
    pollMs: settings.pollMs,

    async describe(signal): Promise<BackendDescription> {
      const [device, status] = await Promise.all([
        readAgain(signal),
        get<{ state: boolean; status?: string; message?: string; length_queue?: number }>(
          `${backendPath}/status`,
          signal,
        ),
      ]);
      const online = status.state && status.status === 'active';
      return {
        online,
        reason: online ? '' : status.message || status.status || 'the device is offline',
        qubits: device.target.qubits,
        basisGates: device.target.basisGates,
        coupling: device.target.coupling,
        limits,
        price: PRICE,
        pendingJobs: Math.max(0, status.length_queue ?? 0),
        calibration: device.calibration,
      };
    },

    async quote({ executions }) {
      if (!held) throw new Error(`backend ${name}: describe it before asking for a quote`);
      const { device } = held;
      refuseUnfit(executions, device);
      let expected = settings.overheadSeconds;
      for (const execution of executions) {
        const { seconds } = await translate(execution, device);
        expected += execution.shots * (device.repetitionDelay + seconds);
      }
      const low = (1 - TIME_ERROR) * expected;
      const seconds: Estimate = { expected, low, high: (1 + TIME_ERROR) * expected };
      // The limit that the service enforces is a whole number of seconds.
      return { cost: { expected, low, high: Math.ceil(seconds.high) }, seconds };
    },

    async submit(job, signal) {
      try {
        const cost = costLimit(job.maxCost);
        const device = await deviceFor(signal).catch((error: unknown) => {
          throw notYetSent(error);
        });
        refuseUnfit(job.executions, device);
        const pubs = await pubsOf(job.executions, (execution) => translate(execution, device));
        const body = {
          program_id: settings.program,
          backend: deviceName,
          tags: [job.token],
          cost,
          params: { pubs, version: 2, support_qiskit: true, options: {} },
        };
        const { id } = (await api.post('/jobs', body, open(signal))) as { readonly id: string };
        return id;
      } catch (error) {
        throw submissionError(error);
      }
    },

    async find(searched, signal) {
      const query = { tags: searched, limit: '200', exclude_params: 'true', sort: 'ASC' };
      const { jobs } = await get<{ readonly jobs: readonly JobDocument[] }>('/jobs', signal, query);
      return jobs.find(({ tags }) => tags?.includes(searched))?.id;
    },

    async status(id, signal): Promise<JobStatus> {
      const path = `/jobs/${encodeURIComponent(id)}`;
      const job = await get<JobDocument>(path, signal, { exclude_params: 'true' });
      return jobStatus(job, await get<MetricsDocument>(`${path}/metrics`, signal));
    },

    async results(id, job: Job, signal) {
      const path = `/jobs/${encodeURIComponent(id)}`;
      const { timestamps } = await get<MetricsDocument>(`${path}/metrics`, signal);
      const running = timestamps?.running ?? timestamps?.finished;
      const [result, properties] = await Promise.all([
        get<unknown>(`${path}/results`, signal),
        get<PropertiesDocument>(`${backendPath}/properties`, signal, running ? { updated_before: running } : {}),
      ]);
      const rows = await decodeResult(result);
      const order = rowOrder(job.executions);
      if (rows.length !== order.length) {
        throw new Error(`backend ${name}: job ${id} has ${rows.length} rows of results for ${order.length} executions`);
      }
      const counts = new Array<Map<number, number>>(order.length);
      order.forEach((index, row) => {
        counts[index] = rows[row];
      });
      return { counts, calibration: properties.last_update_date, timeMs: running ? Date.parse(running) : clock.now() };
    },

    async cancel(id, signal) {
      try {
        await api.post(`/jobs/${encodeURIComponent(id)}/cancel`, undefined, open(signal));
      } catch (error) {
        // 409: the job has ended.
        if (!(error instanceof RuntimeApiError) || error.status !== 409) throw error;
      }
    },

    async close() {
      closing.abort(new Error(`backend ${name} is closed`));
    },
  };
}
