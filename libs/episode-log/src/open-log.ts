import { fileURLToPath } from 'node:url';
import { quoted } from '@qloom/tensor/quoted.ts';
import type { ArtifactStore } from './artifacts/artifact-store.ts';
import { openFolderArtifacts } from './artifacts/folder-artifacts.ts';
import { InvalidUrlError } from './errors.ts';
import type { JetStreamLogOptions } from './jetstream/jetstream-log.ts';
import type { LogOptions } from './log-options.ts';
import { splitQuery } from './nats/nats-address.ts';
import type { NatsCredentials } from './nats/nats-credentials.ts';
import { redactUrl } from './nats/redact-url.ts';
import type { EpisodeLog } from './port.ts';
import { openSqliteLog, type SqliteLogOptions } from './sqlite/sqlite-log.ts';

/** Options that are not part of a URL: mostly for tests, and for secrets. */
export type OpenOptions = LogOptions &
  NatsCredentials &
  Pick<JetStreamLogOptions, 'name'> &
  Pick<SqliteLogOptions, 'now' | 'pollMs'>;

const LOG_FORMS =
  'sqlite:///absolute/path.db, sqlite:relative/path.db (with ?lease=5s&synchronous=full) or ' +
  'nats://host:4222[,host…] (with ?lease=30s&namespace=qloom&replicas=3)';
const STORE_FORMS = 'file:///absolute/folder or nats://host:4222[,host…] (with ?namespace=qloom&replicas=3)';

/**
 * The log that `url` names: `sqlite:///absolute/path.db`, `sqlite:relative/path.db`, `nats://host:port`. Query
 * parameters: `lease` (`5s`, `500ms`); for SQLite `synchronous` (`normal`, `full`); for NATS `namespace`, `replicas`.
 * Throws `InvalidUrlError` for anything else, and the errors of the adapters.
 */
export async function openEpisodeLog(url: string, options: OpenOptions = {}): Promise<EpisodeLog> {
  const { scheme, rest, query } = split(url, 'log', LOG_FORMS);
  const leaseMs = query.has('lease') ? parseDuration(query.get('lease') ?? '') : options.leaseMs;
  if (scheme === 'sqlite') {
    allow(query, ['lease', 'synchronous'], url);
    const path = rest.startsWith('///') ? rest.slice(2) : rest;
    if (path === '' || path.startsWith('//')) throw new InvalidUrlError(`log: ${url} names no file; give ${LOG_FORMS}`);
    const synchronous = query.get('synchronous') ?? 'normal';
    if (synchronous !== 'normal' && synchronous !== 'full') {
      throw new InvalidUrlError(`log: synchronous=${synchronous} is neither normal nor full`);
    }
    return openSqliteLog({ ...options, leaseMs, path: decodeURIComponent(path), synchronous });
  }
  if (scheme === 'nats' || scheme === 'tls') {
    allow(query, ['lease', 'namespace', 'replicas'], url);
    // Loaded where it is used: its modules are a tenth of what a service loads to start.
    const { openJetStreamLog } = await import('./jetstream/jetstream-log.ts');
    return openJetStreamLog({ ...options, leaseMs, servers: `${scheme}:${rest}`, ...natsQuery(query) });
  }
  throw new InvalidUrlError(`log: ${redactUrl(url)} is none of ${LOG_FORMS}`);
}

/**
 * The artifact store that `url` names: `file:///absolute/folder` or `nats://host:port`, the latter with `namespace` and
 * `replicas`. Throws `InvalidUrlError` for anything else, and the errors of the adapters.
 */
export async function openArtifactStore(url: string, options: OpenOptions = {}): Promise<ArtifactStore> {
  const { scheme, rest, query } = split(url, 'artifacts', STORE_FORMS);
  if (scheme === 'file') {
    allow(query, [], url);
    if (!rest.startsWith('///')) throw new InvalidUrlError(`artifacts: ${url} names no folder; give ${STORE_FORMS}`);
    return openFolderArtifacts(fileURLToPath(url));
  }
  if (scheme === 'nats' || scheme === 'tls') {
    allow(query, ['namespace', 'replicas'], url);
    const { openNatsArtifacts } = await import('./nats/nats-artifacts.ts');
    return openNatsArtifacts({ ...options, servers: `${scheme}:${rest}`, ...natsQuery(query) });
  }
  throw new InvalidUrlError(`artifacts: ${redactUrl(url)} is none of ${STORE_FORMS}`);
}

function split(url: string, what: string, forms: string): { scheme: string; rest: string; query: URLSearchParams } {
  const [address, query] = splitQuery(url);
  const match = /^([a-z]+):(.*)$/.exec(address);
  if (!match) throw new InvalidUrlError(`${what}: ${quoted(redactUrl(url))} is none of ${forms}`);
  return { scheme: match[1], rest: match[2], query: new URLSearchParams(query ?? '') };
}

function allow(query: URLSearchParams, names: readonly string[], url: string): void {
  for (const name of query.keys()) {
    if (!names.includes(name)) {
      const known = names.length > 0 ? `can have ${names.join(', ')}` : 'takes no parameters';
      throw new InvalidUrlError(`${shown(url)} ${known}, not "${name}"`);
    }
  }
}

function natsQuery(query: URLSearchParams): { namespace?: string; replicas?: number } {
  const replicas = query.get('replicas') ?? undefined;
  if (replicas !== undefined && !/^[135]$/.test(replicas)) {
    throw new InvalidUrlError(`replicas=${replicas} is not 1, 3 or 5`);
  }
  return {
    ...(query.has('namespace') ? { namespace: query.get('namespace') ?? '' } : {}),
    ...(replicas === undefined ? {} : { replicas: Number(replicas) }),
  };
}

function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s)$/.exec(text);
  if (!match) throw new InvalidUrlError(`lease=${text} is not a duration such as 5s or 500ms`);
  return Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}

/** A path may contain an "@"; in a server's URL it is preceded by credentials. */
function shown(url: string): string {
  return /^(sqlite|file):/.test(url) ? url : redactUrl(url);
}
