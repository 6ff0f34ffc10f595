import { createJob } from './create-job.ts';
import { configurationDocument, propertiesDocument } from './device-documents.ts';
import { calibrationAt } from './emulated-device.ts';
import { type EmulatedJob, hasEnded } from './emulated-jobs.ts';
import type { EmulatorState } from './emulator-state.ts';
import { jobDocument, metricsDocument } from './job-documents.ts';
import { ERROR_CODES, IbmRefusal } from './refusal.ts';
import { sampleResults } from './sampler-job.ts';

/** A request of a route. */
export interface RouteRequest {
  readonly state: EmulatorState;
  readonly url: URL;
  readonly body: string;
  readonly nowMs: number;
  /** What stands for the names in braces. */
  readonly parts: readonly string[];
}

type Handler = (request: RouteRequest) => { readonly status: number; readonly body?: unknown };

const ok = (body: unknown) => ({ status: 200, body });
const NO_CONTENT = { status: 204 };

/** What the emulator answers, by method and path. */
export const ROUTES: Readonly<Record<string, Handler>> = {
  'POST /identity/token': ({ state, body, nowMs }) => {
    const answer = state.tokens.issue(new URLSearchParams(body), nowMs);
    if (answer) return ok(answer);
    return { status: 400, body: { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' } };
  },

  'GET /backends': ({ state }) => ok({ devices: [deviceListing(state)] }),
  'GET /backends/{name}/configuration': (request) => onDevice(request, ({ device }) => configurationDocument(device)),
  'GET /backends/{name}/status': (request) =>
    onDevice(request, ({ device, settings, jobs }) => ({
      state: true,
      status: settings.status,
      message: '',
      length_queue: jobs.pending(device).length,
      backend_version: '1.0.0',
    })),
  'GET /backends/{name}/properties': (request) =>
    onDevice(request, ({ device }) => {
      const before = request.url.searchParams.get('updated_before');
      return propertiesDocument(device, calibrationAt(device, before === null ? request.nowMs : Date.parse(before)));
    }),

  'GET /instances/usage': ({ state }) => {
    const consumed = state.jobs.all.reduce((sum, job) => sum + job.charged, 0);
    return ok({ usage_limit_reached: false, usage_limit_seconds: 600, usage_consumed_seconds: consumed });
  },

  'POST /jobs': ({ state, body, nowMs }) => ok(createJob(state, body, nowMs)),
  'GET /jobs': listJobs,
  'GET /jobs/{id}': (request) =>
    ok(jobDocument(findJob(request), request.url.searchParams.get('exclude_params') === 'true')),
  'DELETE /jobs/{id}': (request) => {
    request.state.jobs.remove(findJob(request));
    return NO_CONTENT;
  },
  'GET /jobs/{id}/results': (request) => {
    const job = findJob(request);
    if (job.status === 'Failed') return ok(job.reason);
    if (job.status !== 'Completed') return NO_CONTENT;
    const { settings, seed } = request.state;
    const noise = settings.noise && job.calibration ? { device: job.device, calibration: job.calibration } : undefined;
    return ok(sampleResults(job.pubs, noise, `${seed}/${job.id}`));
  },
  'GET /jobs/{id}/metrics': (request) => {
    const job = findJob(request);
    return ok(metricsDocument(job, request.state.jobs.pending(job.device).indexOf(job)));
  },
  'GET /jobs/{id}/logs': (request) => (hasEnded(findJob(request)) ? ok('') : NO_CONTENT),
  'POST /jobs/{id}/cancel': (request) => {
    if (request.state.jobs.cancel(findJob(request), request.nowMs)) return NO_CONTENT;
    throw new IbmRefusal(409, ERROR_CODES.jobNotRunning, 'The job has ended.');
  },
  'PUT /jobs/{id}/tags': (request) => {
    findJob(request).tags = JSON.parse(request.body).tags;
    return NO_CONTENT;
  },

  'POST /sessions': ({ state, body, nowMs }) => ok(state.sessions.create(JSON.parse(body), nowMs)),
  'GET /sessions/{id}': ({ state, parts: [id], nowMs }) => ok(state.sessions.document(id, nowMs)),
  'PATCH /sessions/{id}': ({ state, parts: [id], body }) => {
    if (JSON.parse(body).accepting_jobs === false) state.sessions.close(id);
    return NO_CONTENT;
  },
  'DELETE /sessions/{id}/close': ({ state, parts: [id], nowMs }) => {
    state.sessions.close(id);
    for (const job of state.jobs.all) if (job.sessionId === id) state.jobs.cancel(job, nowMs);
    return NO_CONTENT;
  },
};

function deviceListing({ device, settings, jobs }: EmulatorState) {
  return {
    name: device.name,
    status: { name: settings.status === 'active' ? 'online' : 'paused', reason: settings.status },
    queue_length: jobs.pending(device).length,
    qubits: device.qubits,
    is_simulator: false,
    processor_type: { family: 'Heron', revision: '2' },
  };
}

function onDevice({ state, parts: [name] }: RouteRequest, answer: (state: EmulatorState) => unknown) {
  if (name === state.device.name) return ok(answer(state));
  throw new IbmRefusal(404, ERROR_CODES.backendNotFound, `Backend ${name} not found.`);
}

function findJob({ state, parts: [id] }: RouteRequest): EmulatedJob {
  const job = state.jobs.all.find((one) => one.id === id);
  if (!job) throw new IbmRefusal(404, ERROR_CODES.jobNotFound, `Job ${id} not found.`, 'Check the job ID.');
  return job;
}

function listJobs({ state, url: { searchParams: query } }: RouteRequest) {
  const limit = Math.min(200, Number(query.get('limit') ?? 200));
  const offset = Number(query.get('offset') ?? 0);
  const tags = query.getAll('tags');
  const pending = query.get('pending');
  const is = (name: string, value: string | undefined) => !query.has(name) || query.get(name) === value;
  const found = state.jobs.all.filter(
    (job) =>
      tags.every((tag) => job.tags.includes(tag)) &&
      is('backend', job.device.name) &&
      is('program', job.program) &&
      is('session_id', job.sessionId) &&
      (pending === null || (pending === 'true') !== hasEnded(job)) &&
      job.createdMs >= Date.parse(query.get('created_after') ?? '1970-01-01') &&
      job.createdMs <= Date.parse(query.get('created_before') ?? '9999-01-01'),
  );
  const ordered = query.get('sort') === 'ASC' ? found : found.reverse();
  const page = ordered.slice(offset, offset + limit);
  const excludeParams = query.get('exclude_params') === 'true';
  return ok({ jobs: page.map((job) => jobDocument(job, excludeParams)), count: found.length, limit, offset });
}
