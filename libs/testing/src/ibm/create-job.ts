import { randomUUID } from 'node:crypto';
import { createRandom } from '@qloom/random/random.ts';
import type { EmulatorState } from './emulator-state.ts';
import { ERROR_CODES, IbmRefusal } from './refusal.ts';
import { busySeconds, readSamplerParams } from './sampler-job.ts';

const MAX_COST_SECONDS = 10_800;
/** Most tags of a job, and characters of a tag. */
const MAX_TAGS = 8;
const MAX_TAG_LENGTH = 86;

/** Accepts a job, or throws {@link IbmRefusal}: then there is none. */
export function createJob(
  state: EmulatorState,
  text: string,
  nowMs: number,
): { readonly id: string; readonly backend: string } {
  const { settings, device } = state;
  const body = parse(text);
  limitRate(state, nowMs);
  if (body['backend'] !== device.name) {
    throw new IbmRefusal(404, ERROR_CODES.backendNotFound, `Backend ${body['backend']} not found.`);
  }
  const invalid = (message: string): never => {
    throw new IbmRefusal(400, ERROR_CODES.invalidPayload, message, 'Check the body of the request.');
  };
  if (body['program_id'] !== 'sampler') invalid(`Program ${body['program_id']} is not emulated; sampler is.`);
  const tags = (body['tags'] ?? []) as string[];
  if (tags.length > MAX_TAGS || tags.some((tag) => tag.length > MAX_TAG_LENGTH)) {
    invalid(`More than ${MAX_TAGS} tags, or one longer than ${MAX_TAG_LENGTH} characters.`);
  }
  const cost = body['cost'] as number | undefined;
  if (cost !== undefined && (!Number.isInteger(cost) || cost < 1 || cost > MAX_COST_SECONDS)) {
    invalid(`cost is ${cost}; whole seconds from 1 to ${MAX_COST_SECONDS} are right`);
  }
  const sessionId = body['session_id'] as string | undefined;
  if (sessionId !== undefined) state.sessions.checkOpen(sessionId, device.name, nowMs);
  const pubs = readSamplerParams(body['params'], device);
  if (state.jobs.pending(device).length >= settings.maxPendingJobs) {
    throw new IbmRefusal(
      400,
      ERROR_CODES.tooManyPendingJobs,
      `You have reached the limit of ${settings.maxPendingJobs} pending jobs.`,
      'Wait for a job to complete, or cancel one.',
    );
  }
  const expected = settings.overheadSeconds + busySeconds(pubs, device);
  const random = createRandom(state.seed).fork(`jitter/${state.creations.length}`);
  state.creations.push(nowMs);
  const failure = state.nextFailure;
  state.nextFailure = undefined;
  const job = state.jobs.add({
    id: randomUUID().replaceAll('-', '').slice(0, 20),
    device,
    program: 'sampler',
    params: body['params'],
    pubs,
    tags,
    sessionId,
    costLimit: cost,
    createdMs: nowMs,
    seconds: expected * (1 + settings.jitter * (2 * random.uniform() - 1)),
    failure,
  });
  state.jobs.advance(nowMs);
  return { id: job.id, backend: device.name };
}

/** Throws where the jobs of the last minute are as many as a token may create. */
function limitRate({ settings, creations }: EmulatorState, nowMs: number): void {
  const recent = creations.filter((atMs) => atMs > nowMs - 60_000);
  if (recent.length < settings.createsPerMinute) return;
  throw new IbmRefusal(
    429,
    ERROR_CODES.tooManyRequests,
    `Too many POST /jobs requests received: limit is ${settings.createsPerMinute} per minute.`,
    'Reduce your request rate and retry.',
    Math.ceil((recent[0] + 60_000 - nowMs) / 1000),
  );
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new IbmRefusal(400, ERROR_CODES.invalidPayload, 'The body is not JSON.');
  }
}
