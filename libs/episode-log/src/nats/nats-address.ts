import { InvalidUrlError } from '../errors.ts';
import { redactUrl } from './redact-url.ts';

/** Addresses of NATS servers, with the credentials of the URL. */
export interface NatsAddress {
  /** `host` or `host:port`, at least one. */
  readonly hosts: readonly string[];
  readonly isTls: boolean;
  readonly user?: string;
  readonly password?: string;
  /** A single value before the "@". */
  readonly token?: string;
}

const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/;

/**
 * Parses `nats://user:password@host:port,host:port` (`tls://` for encrypted connections, `nats://token@host` for a
 * token; each host may repeat scheme and credentials, which must then be the same). User, password and token are
 * percent-decoded. Throws `InvalidUrlError`, whose message holds none of them.
 */
export function parseNatsUrl(url: string): NatsAddress {
  const scheme = /^(nats|tls):\/\//.exec(url)?.[1];
  const right = 'nats://[user:password@]host[:port][,host…] (or tls:// for the same)';
  if (scheme === undefined) throw new InvalidUrlError(`${redactUrl(url)} is not ${right}`);
  const hosts: string[] = [];
  const credentials = new Set<string>();
  const parts = url.slice(scheme.length + 3).split(',');
  for (const part of parts) {
    const own = part.replace(new RegExp(`^${scheme}://`), '');
    const at = own.lastIndexOf('@');
    const host = own.slice(at + 1).replace(/\/$/, '');
    if (!HOST.test(host)) {
      throw new InvalidUrlError(
        `${redactUrl(url)} is not ${right}; write "@", "/", "," and ":" of a password as %40, %2F, %2C and %3A`,
      );
    }
    const port = Number(/:(\d+)$/.exec(host)?.[1] ?? 4222);
    if (port < 1 || port > 65_535) {
      throw new InvalidUrlError(`${redactUrl(url)} has a port that is not 1 to 65535`);
    }
    hosts.push(host);
    if (at !== -1) credentials.add(own.slice(0, at));
  }
  // A host before the first "@" may be the beginning of a password with a comma in it.
  if (credentials.size > 1 || (credentials.size === 1 && !parts[0].includes('@'))) {
    throw new InvalidUrlError(
      `${redactUrl(url)} gives its hosts different credentials: give them before the first host, or the same to all`,
    );
  }
  const [given] = credentials;
  return { hosts, isTls: scheme === 'tls', ...(given === undefined ? {} : parseCredentials(given, url)) };
}

function parseCredentials(given: string, url: string): Pick<NatsAddress, 'user' | 'password' | 'token'> {
  const [first, second, ...rest] = given.split(':');
  if (first === '' || rest.length > 0 || /[@/]/.test(given)) {
    throw new InvalidUrlError(
      `${redactUrl(url)} has no user:password or token before its "@"; write "@", "/" and ":" in them as %40, %2F and %3A`,
    );
  }
  try {
    return second === undefined
      ? { token: decodeURIComponent(first) }
      : { user: decodeURIComponent(first), password: decodeURIComponent(second) };
  } catch {
    // No cause: it would quote the password.
    throw new InvalidUrlError(
      `${redactUrl(url)} has a "%" before its "@" that no two hexadecimal digits follow: write %25`,
    );
  }
}

/** The address without credentials: `nats://host:4222,host:4223`. */
export function natsUrlOf({ hosts, isTls }: NatsAddress): string {
  return `${isTls ? 'tls' : 'nats'}://${hosts.join(',')}`;
}

/**
 * A `nats://` or `tls://` URL of a log or a store with its parameters and without credentials, which may be stored and
 * compared. Another URL is returned unchanged. Throws `InvalidUrlError`.
 */
export function withoutCredentials(url: string): string {
  if (!/^(nats|tls):/.test(url)) return url;
  const [servers, query] = splitQuery(url);
  return `${natsUrlOf(parseNatsUrl(servers))}${query === undefined ? '' : `?${query}`}`;
}

/** A URL before and after its last "?": a password may hold one. */
export function splitQuery(url: string): [string, string | undefined] {
  const mark = url.indexOf('?', url.lastIndexOf('@') + 1);
  return mark === -1 ? [url, undefined] : [url.slice(0, mark), url.slice(mark + 1)];
}
