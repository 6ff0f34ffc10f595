import { notConnectedCode } from '../http/not-connected.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import type { IamToken } from './iam-token.ts';
import { RuntimeApiError, RuntimeNotSentError } from './runtime-errors.ts';

/** Version of the API, a date, that the adapter was written for. */
const API_VERSION = '2026-04-15';

/** Settings of {@link createRuntimeApi}. */
export interface RuntimeApiSettings {
  /** Address of the service, without a path. */
  readonly url: string;
  /** Cloud resource name of the instance that is charged. */
  readonly instance: string;
  /** Longest time of a request. Unit: milliseconds. */
  readonly timeoutMs: number;
}

/** The REST API of Qiskit Runtime. */
export interface RuntimeApi {
  /** The JSON answer. Throws RuntimeApiError, or what fetch rejects with. A token that is refused is renewed once. */
  get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown>;
  /**
   * The JSON answer, undefined where it is empty. Sends the request once. Throws RuntimeApiError for an answer with an error,
   * RuntimeNotSentError where it was not sent, and anything else where it is unknown.
   */
  post(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
}

/** Adds headers and a bearer token to requests, and turns answers into values and errors. */
export function createRuntimeApi(settings: RuntimeApiSettings, token: IamToken, request: typeof fetch): RuntimeApi {
  const send = async (method: string, url: URL, body: string | undefined, signal: AbortSignal): Promise<unknown> => {
    const bearer = await token.get(signal).catch((error: unknown) => {
      throw new RuntimeNotSentError(`IBM: no bearer token: ${(error as Error).message}`, { cause: error });
    });
    const response = await connecting(() =>
      request(url, {
        method,
        headers: {
          Accept: 'application/json',
          Authorization: `Bearer ${bearer}`,
          'Service-CRN': settings.instance,
          'IBM-API-Version': API_VERSION,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]),
      }),
    );
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    if (response.status === 401) token.drop(bearer);
    throw new RuntimeApiError(`${method} ${url.pathname}`, response.status, text, retryAfterMs(response));
  };
  const urlOf = (path: string, query: Readonly<Record<string, string>> = {}): URL => {
    const url = new URL(`/api/v1${path}`, settings.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  };
  return {
    async get(path, query, signal) {
      const once = () => send('GET', urlOf(path, query), undefined, signal);
      try {
        return await once();
      } catch (error) {
        if (error instanceof RuntimeApiError && error.status === 401) return once();
        throw error;
      }
    },
    post: (path, body, signal) =>
      send('POST', urlOf(path), body === undefined ? undefined : JSON.stringify(body), signal),
  };
}

/** Rethrows what shows that there was no connection as RuntimeNotSentError. */
async function connecting<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = notConnectedCode(error);
    if (code === undefined) throw error;
    throw new RuntimeNotSentError(`IBM: no connection (${code})`, { cause: error });
  }
}
