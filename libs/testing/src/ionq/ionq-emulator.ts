import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  backendDocument,
  characterizationDocument,
  characterize,
  estimateDocument,
  type IonqCharacterization,
  type IonqDevice,
  simulatorDocument,
} from './emulated-device.ts';
import { createEmulatedJobs, type EmulatedJob, type JobSettings } from './emulated-jobs.ts';
import { createEmulatedSessions, type EmulatedSession } from './emulated-sessions.ts';
import { readJob } from './read-job.ts';
import { IonqRefusal, notFound } from './refusal.ts';

/** Settings of {@link startIonqEmulator}. */
export interface IonqEmulatorOptions {
  readonly pricing?: IonqDevice['pricing'];
  readonly settings?: Partial<JobSettings>;
  /** Milliseconds since the Unix epoch. Default: the machine's clock. */
  readonly now?: () => number;
  /** Seed of samples and identifiers. Default 1. */
  readonly seed?: number;
  /** Called with every request, such as `POST /jobs`, before it is answered. */
  readonly onRequest?: (route: string) => void;
}

/** A server that speaks IonQ's REST API v0.4, with one device and the simulator. */
export interface IonqEmulator {
  /** Address of the API, with its version. */
  readonly url: string;
  readonly apiKey: string;
  readonly device: IonqDevice;
  readonly jobs: readonly EmulatedJob[];
  readonly sessions: readonly EmulatedSession[];
  readonly settings: JobSettings;
  /** Number of requests by route: method and path, identifiers as `{id}`. */
  readonly requests: ReadonlyMap<string, number>;
  /** The next request of a route is answered with an error, or is carried out and its reply is lost. */
  failNext(route: string, fault: { readonly status: number; readonly retryAfterSeconds?: number } | 'lost-reply'): void;
  /** The next job that is accepted fails. */
  failNextJob(code: string, message: string): void;
  setOnline(isOnline: boolean): void;
  /** Characterizes the device again, with other fidelities. */
  characterize(): void;
  stop(): Promise<void>;
}

const API_KEY = 'emulated-ionq-key';
const GATES = { unit: 'gates', oneQubit: 0.0001645, twoQubit: 0.001121, minimum: 0.5 } as const;
/** Jobs of a page, unless fewer are asked for. */
const PAGE = 25;
const ID = '[0-9a-f]{8}-[0-9a-f-]{27}';
const STATUS_NAMES: Readonly<Record<number, string>> = { 401: 'Unauthorized Error', 429: 'Too Many Requests' };

/** Starts an emulator on a free port of this machine. */
export async function startIonqEmulator(options: IonqEmulatorOptions = {}): Promise<IonqEmulator> {
  const { now = Date.now, seed = 1, onRequest } = options;
  const device: IonqDevice = { name: 'qpu.emulated-1', qubits: 12, pricing: options.pricing ?? GATES };
  const settings: JobSettings = {
    ...{ queueSeconds: 1, costDelaySeconds: 0, listDelaySeconds: 0, isHeld: false },
    ...options.settings,
  };
  const jobs = createEmulatedJobs(device, settings, { now, seed });
  const sessions = createEmulatedSessions(now);
  const characterizations: IonqCharacterization[] = [characterize(now(), 0)];
  const requests = new Map<string, number>();
  const faults = new Map<string, Parameters<IonqEmulator['failNext']>[1]>();
  const state = { isOnline: true, failure: undefined as EmulatedJob['failure'] };
  const queueMs = () => Math.round(1000 * settings.queueSeconds);
  const described = () =>
    backendDocument(device, characterizations[0], { isOnline: state.isOnline, queueMs: queueMs(), nowMs: now() });
  const requireDevice = (name: string) => {
    if (name !== device.name) throw notFound(`backend ${name}`);
  };

  const create = (body: Record<string, unknown>) => {
    const payload = readJob(body, device.qubits);
    if (payload.backend !== 'simulator') {
      requireDevice(payload.backend);
      if (!state.isOnline) throw new IonqRefusal(409, 'Conflict', `${device.name} is unavailable`);
    }
    const session = payload.sessionId === null ? undefined : sessions.requireOpen(payload.sessionId, payload.backend);
    let { failure } = state;
    state.failure = undefined;
    if (session) {
      session.cost += jobs.predictedCost(payload);
      const limit = session.costLimit?.value ?? Number.POSITIVE_INFINITY;
      if (session.cost > limit) failure = { code: 'QuotaExhaustedError', message: `the session's limit is ${limit}` };
    }
    const job = jobs.create(payload, failure);
    session?.jobs.push(job.id);
    return { id: job.id, status: job.status, session_id: payload.sessionId };
  };
  const list = (query: URLSearchParams, session: string | null) => {
    const size = Math.max(1, Math.min(PAGE, Number(query.get('limit') ?? PAGE)));
    const targets = query.get('target')?.split(',');
    const matching = jobs
      .documents(query.get('parent_job_id'))
      .filter((one) => !targets || targets.includes(String(one['backend'])))
      .filter((one) => query.get('status') === null || one['status'] === query.get('status'))
      .filter((one) => session === null || one['session_id'] === session);
    const from = matching.findIndex((one) => one['id'] === query.get('next'));
    const start = Math.max(0, from);
    return { jobs: matching.slice(start, start + size), next: (matching[start + size]?.['id'] as string) ?? null };
  };

  type Answer = (match: readonly string[], body: () => Record<string, unknown>, query: URLSearchParams) => unknown;
  const route = (method: string, path: string, answer: Answer) => ({
    name: `${method} ${path}`,
    method,
    pattern: new RegExp(`^/v0\\.4${path.replace('{backend}', '([\\w.-]+)').replaceAll('{id}', `(${ID})`)}$`),
    answer,
  });
  const routes = [
    route('GET', '/whoami', () => ({ key_id: '00000000-0000-4000-8000-000000000000', key_name: 'emulated' })),
    route('GET', '/backends', () => [described(), simulatorDocument(now())]),
    route('GET', '/backends/{backend}', ([name]) => {
      if (name === 'simulator') return simulatorDocument(now());
      requireDevice(name);
      return described();
    }),
    route('GET', '/backends/{backend}/characterizations', ([name], _, query) => {
      requireDevice(name);
      const documents = characterizations.map((one) => characterizationDocument(device, one));
      return { characterizations: documents.slice(0, Number(query.get('limit') ?? 10)), pages: 0 };
    }),
    route('GET', '/backends/{backend}/characterizations/{id}', ([name, id]) => {
      requireDevice(name);
      const found = characterizations.find((one) => one.id === id);
      if (!found) throw notFound(`characterization ${id}`);
      return characterizationDocument(device, found);
    }),
    route('GET', '/jobs/estimate', (_, __, query) => {
      requireDevice(query.get('backend') ?? '');
      return estimateDocument(device, query, now(), queueMs());
    }),
    route('POST', '/jobs', (_, body) => create(body())),
    route('GET', '/jobs', (_, __, query) => list(query, query.get('session_id'))),
    route('GET', '/jobs/{id}', ([id]) => jobs.document(id)),
    route('GET', '/jobs/{id}/cost', ([id]) => jobs.cost(id)),
    route('GET', '/jobs/{id}/artifacts/{id}', ([id, artifact]) => jobs.artifact(id, artifact)),
    route('GET', '/jobs/{id}/results/probabilities', ([id]) => {
      const { results } = jobs.document(id) as { readonly results: Record<string, { readonly id: string }> | null };
      if (!results) throw notFound(`results of job ${id}`);
      return jobs.artifact(id, Object.values(results)[0].id);
    }),
    route('PUT', '/jobs/{id}/status/cancel', ([id]) => ({ id: jobs.cancel(id).id, status: 'canceled' })),
    route('POST', '/sessions', (_, body) => sessions.document(sessions.create(body()))),
    route('GET', '/sessions/{id}', ([id]) => sessions.document(sessions.get(id))),
    route('GET', '/sessions/{id}/jobs', ([id], _, query) => list(query, id)),
    route('POST', '/sessions/{id}/end', ([id]) => sessions.document(sessions.end(id))),
  ];
  /** What the API answers to whoever has no key. */
  const isPublic = (name: string): boolean => /^GET \/backends(\/\{backend\}(\/characterizations)?)?$/.test(name);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const bytes = await buffer(request);
    const send = (status: number, document: unknown, headers: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(document));
    };
    try {
      const found = routes.find((one) => one.method === method && one.pattern.test(url.pathname));
      if (!found) throw notFound(url.pathname);
      requests.set(found.name, (requests.get(found.name) ?? 0) + 1);
      onRequest?.(found.name);
      if (!isPublic(found.name) && request.headers.authorization !== `apiKey ${API_KEY}`) {
        throw new IonqRefusal(401, 'Unauthorized Error', 'Invalid key provided');
      }
      const fault = faults.get(found.name);
      faults.delete(found.name);
      if (fault !== undefined && fault !== 'lost-reply') {
        const error = STATUS_NAMES[fault.status] ?? 'Error';
        throw new IonqRefusal(fault.status, error, 'as a test asked for', fault.retryAfterSeconds);
      }
      const match = found.pattern.exec(url.pathname) ?? [];
      const document = found.answer(match.slice(1), () => JSON.parse(bytes.toString() || '{}'), url.searchParams);
      if (fault === 'lost-reply') {
        response.destroy();
        return;
      }
      send(method === 'POST' && !found.name.endsWith('/end') ? 201 : 200, document);
    } catch (error) {
      const refusal =
        error instanceof IonqRefusal ? error : new IonqRefusal(500, 'Internal Server Error', String(error));
      const { status, message, retryAfterSeconds } = refusal;
      const wait: Record<string, string> =
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      send(status, { statusCode: status, error: refusal.error, message }, wait);
    }
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v0.4`,
    apiKey: API_KEY,
    device,
    jobs: jobs.all,
    sessions: sessions.all,
    settings,
    requests,
    failNext: (name, fault) => void faults.set(name, fault),
    failNextJob: (code, message) => void (state.failure = { code, message }),
    setOnline: (isOnline) => void (state.isOnline = isOnline),
    characterize: () => void characterizations.unshift(characterize(now(), characterizations.length)),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
