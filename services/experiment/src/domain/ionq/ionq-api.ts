import { notConnectedCode } from '../http/not-connected.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { IonqApiError, IonqNotSentError } from './ionq-errors.ts';

/** Settings of {@link createIonqApi}. */
export interface IonqApiSettings {
  /** Address of the API with its version, such as `https://api.ionq.co/v0.4`. */
  readonly url: string;
  readonly apiKey: string;
  /** Longest time of a request. Unit: milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The REST API of IonQ. Each method sends one request and resolves to the JSON answer. Throws IonqApiError for an answer with an error,
 * IonqNotSentError where the request was not sent, and anything else where it is unknown.
 */
export interface IonqApi {
  get<T>(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<T>;
  post<T>(path: string, body: unknown, signal: AbortSignal): Promise<T>;
  put<T>(path: string, signal: AbortSignal): Promise<T>;
}

/** Adds the key to requests, and turns answers into values and errors. */
export function createIonqApi({ url, apiKey, timeoutMs }: IonqApiSettings, request: typeof fetch): IonqApi {
  const base = url.replace(/\/$/, '');
  const send = async (method: string, path: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    const response = await connecting(() =>
      request(`${base}${path}`, {
        method,
        headers: {
          Accept: 'application/json',
          Authorization: `apiKey ${apiKey}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      }),
    );
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    throw new IonqApiError(`${method} ${path.split('?')[0]}`, response.status, text, retryAfterMs(response));
  };
  return {
    get: (path, query, signal) => {
      const search = new URLSearchParams(query).toString();
      return send('GET', search === '' ? path : `${path}?${search}`, undefined, signal) as Promise<never>;
    },
    post: (path, body, signal) => send('POST', path, body, signal) as Promise<never>,
    put: (path, signal) => send('PUT', path, undefined, signal) as Promise<never>,
  };
}

async function connecting<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = notConnectedCode(error);
    if (code === undefined) throw error;
    throw new IonqNotSentError(`IonQ: no connection (${code})`, { cause: error });
  }
}
