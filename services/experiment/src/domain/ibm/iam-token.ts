import type { Clock } from '../clock.ts';

/** Settings of {@link createIamToken}. */
export interface IamSettings {
  /** Address of IAM, without a path. */
  readonly url: string;
  readonly apiKey: string;
  /** Longest time of a request. Unit: milliseconds. */
  readonly timeoutMs: number;
}

/** The bearer token of an API key, renewed before it ends. */
export interface IamToken {
  /** A token that lasts at least {@link RENEW_BEFORE_MS} more; callers that need a new one at the same time share a request. */
  get(signal: AbortSignal): Promise<string>;
  /** Forgets a token that was refused. */
  drop(token: string): void;
}

/** Thrown when IAM gave no token. The message holds no credential. */
class IamError extends Error {
  override readonly name = 'IamError';
}

/** How long before its end a token is renewed. Unit: milliseconds. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** Asks IAM for a token when one is first needed. */
export function createIamToken(settings: IamSettings, clock: Clock, request: typeof fetch): IamToken {
  let held: { readonly token: string; readonly renewAtMs: number } | undefined;
  let pending: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    const from = clock.now();
    const { token, seconds } = await askForToken(settings, request);
    // Half of the time of a token that lasts less than twice as long as renewal needs.
    held = { token, renewAtMs: from + Math.max(500 * seconds, 1000 * seconds - RENEW_BEFORE_MS) };
    return token;
  };

  return {
    async get(signal) {
      signal.throwIfAborted();
      if (held && clock.now() < held.renewAtMs) return held.token;
      // The request is shared, so that no single caller's signal may end it; each stops waiting by its own.
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return untilAborted(pending, signal);
    },
    drop(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

async function askForToken({ url, apiKey, timeoutMs }: IamSettings, request: typeof fetch) {
  const form = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: apiKey });
  const response = await request(new URL('/identity/token', url), {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: form,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const { access_token: token, expires_in: seconds } = body;
  if (response.ok && typeof token === 'string' && typeof seconds === 'number') return { token, seconds };
  const reason = String(body['errorMessage'] ?? 'no reason given').replaceAll(apiKey, '(API key)');
  throw new IamError(
    `IAM answered ${response.status}: ${reason}; an API key of the account that owns the instance is right`,
  );
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
