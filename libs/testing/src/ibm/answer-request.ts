import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EmulatorState } from './emulator-state.ts';
import { ERROR_CODES, errorEnvelope, IbmRefusal } from './refusal.ts';
import { ROUTES, type RouteRequest } from './routes.ts';

const PREFIX = '/api/v1';
/** The oldest and the newest version of the API that the emulator answers. */
const VERSIONS = ['2025-01-01', '2026-12-31'] as const;

/** Answers one request of IAM or of the API, or meets it with the fault that waits for its route. */
export async function answerRequest(
  state: EmulatorState,
  request: IncomingMessage,
  response: ServerResponse,
  onRoute: (route: string) => void,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://emulator');
  const found = findRoute(request.method ?? 'GET', url.pathname);
  onRoute(found.route);
  const fault = state.faults.take(found.route);
  if (fault?.kind === 'dropped') return void request.socket.destroy();
  const body = await readBody(request);
  const nowMs = state.now();
  state.jobs.advance(nowMs);
  const answer = answering(() => {
    if (fault?.kind === 'error') {
      throw new IbmRefusal(fault.status, fault.code, 'A fault of the test.', 'Try again.', fault.retryAfterSeconds);
    }
    if (!found.handler) throw new IbmRefusal(404, ERROR_CODES.invalidPayload, `no route ${found.route}`);
    if (found.api) checkHeaders(state, request, nowMs);
    return found.handler({ state, url, body, nowMs, parts: found.parts });
  });
  if (fault?.kind === 'lost-reply') return void request.socket.destroy();
  if (fault?.kind === 'silent') return;
  response.writeHead(answer.status, answer.headers);
  response.end(answer.text);
}

interface FoundRoute {
  readonly route: string;
  readonly api: boolean;
  readonly parts: readonly string[];
  readonly handler?: (request: RouteRequest) => { readonly status: number; readonly body?: unknown };
}

/** The route of a path: `{id}` and `{name}` stand for any part. */
function findRoute(method: string, path: string): FoundRoute {
  const api = path.startsWith(PREFIX);
  const segments = (api ? path.slice(PREFIX.length) : path).split('/');
  for (const [route, handler] of Object.entries(ROUTES)) {
    const [verb, pattern] = route.split(' ');
    const wanted = pattern.split('/');
    if (verb !== method || wanted.length !== segments.length || api === (pattern === '/identity/token')) continue;
    if (!wanted.every((part, i) => part.startsWith('{') || part === segments[i])) continue;
    const parts = segments.filter((_, i) => wanted[i].startsWith('{')).map(decodeURIComponent);
    return { route, api, parts, handler };
  }
  return { route: `${method} ${path}`, api, parts: [] };
}

function checkHeaders(state: EmulatorState, { headers }: IncomingMessage, nowMs: number): void {
  if (!state.tokens.accepts(headers.authorization ?? '', nowMs)) {
    throw new IbmRefusal(
      401,
      ERROR_CODES.invalidCredentials,
      'The bearer token is invalid or has ended.',
      'Get another token from IAM.',
    );
  }
  if (headers['service-crn'] !== state.crn) {
    throw new IbmRefusal(403, ERROR_CODES.notAuthorized, 'The header Service-CRN names no instance of this account.');
  }
  const version = headers['ibm-api-version'];
  if (
    typeof version !== 'string' ||
    !/^\d{4}-\d\d-\d\d$/.test(version) ||
    version < VERSIONS[0] ||
    version > VERSIONS[1]
  ) {
    throw new IbmRefusal(
      400,
      ERROR_CODES.invalidPayload,
      `IBM-API-Version is ${version}`,
      `A date from ${VERSIONS.join(' to ')} is supported.`,
    );
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

function answering(handle: () => { readonly status: number; readonly body?: unknown }): Answer {
  try {
    const { status, body } = handle();
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    return { status, headers: { 'Content-Type': 'application/json' }, text };
  } catch (error) {
    const refusal =
      error instanceof IbmRefusal ? error : new IbmRefusal(500, 1000, `The emulator failed: ${(error as Error).stack}`);
    const { retryAfterSeconds } = refusal;
    return {
      status: refusal.status,
      headers: {
        'Content-Type': 'application/json',
        ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
      },
      text: JSON.stringify(errorEnvelope(refusal, randomUUID())),
    };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
