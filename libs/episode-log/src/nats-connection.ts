import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import {
  type ConnectionOptions,
  credsAuthenticator,
  errors,
  type NatsConnection,
  nkeyAuthenticator,
} from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { InvalidUrlError, LogUnavailableError, LogUnusableError } from './errors.ts';
import { jitteredMs } from './log-options.ts';

/** How to reach a NATS server. */
export interface NatsOptions {
  /** `nats://[user:password@]host[:port][,host[:port]…]`, or `tls://…`. */
  readonly servers: string;
  /** A file with a user's JWT and nkey seed, as `nsc` writes it. */
  readonly credentialsFile?: string;
  /** A file with an nkey seed alone. */
  readonly nkeySeedFile?: string;
  /** A file with the authority's certificate, for `tls://`. */
  readonly caFile?: string;
  /** The client's certificate and key, for mutual TLS. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Shown by the server's monitoring. Default: `qloom`. */
  readonly name?: string;
  /** How long the first connection is tried for. */
  readonly unavailableAfterMs: number;
  readonly warn: (message: string) => void;
}

/** Below this version servers lack what we rely on in production; what works on them is tested, no more. */
const OLDEST_CURRENT = [2, 11, 0];

/**
 * Connects, with endless reconnects afterwards, and checks that JetStream is there. Warns when the server is older
 * than 2.11. Throws `LogUnavailableError` when no server answers in time, `LogUnusableError` when the server refuses us
 * or has no JetStream, `InvalidUrlError` for a malformed address.
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const connection = await connectWithin(options, await toConnectionOptions(options));
  try {
    await jetstreamManager(connection);
  } catch (error) {
    await connection.close();
    throw new LogUnusableError(
      `the NATS server at ${hideSecrets(options.servers)} has no JetStream for this account: start it with -js`,
      { cause: error },
    );
  }
  const version = connection.info?.version ?? '0.0.0';
  if (isOlder(version, OLDEST_CURRENT)) {
    options.warn(
      `NATS server ${version} serves for tests only: it ignores per-key expiry and atomic batches without a word; ` +
        'deploy 2.11.16, 2.12.7, 2.14 or later',
    );
  }
  return connection;
}

/** Whether the dotted `version` (`2.12.1-beta.3`) is below `oldest`. */
export function isOlder(version: string, oldest: readonly number[]): boolean {
  const parts = version.split(/[.-]/).map(Number);
  for (let i = 0; i < oldest.length; i++) {
    const part = parts[i] || 0;
    if (part !== oldest[i]) return part < oldest[i];
  }
  return false;
}

async function toConnectionOptions(options: NatsOptions): Promise<ConnectionOptions> {
  const { user, pass, hosts, isTls } = parseServers(options.servers);
  const read = async (path: string): Promise<Uint8Array> => {
    try {
      return await readFile(path);
    } catch (error) {
      throw new InvalidUrlError(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
    }
  };
  const { caFile, certFile, keyFile } = options;
  return {
    servers: hosts,
    name: options.name ?? 'qloom',
    ...(user === undefined ? {} : { user, pass }),
    ...(options.credentialsFile
      ? { authenticator: credsAuthenticator(await read(options.credentialsFile)) }
      : options.nkeySeedFile
        ? { authenticator: nkeyAuthenticator(trimmed(await read(options.nkeySeedFile))) }
        : {}),
    ...(isTls ? { tls: { caFile, certFile, keyFile } } : {}),
    // Pods are restarted together: spread their reconnects.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    reconnectJitterTLS: 1000,
    // Finds a dead peer within 30 s where TCP would take many minutes.
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: 5_000,
  };
}

/** Takes `nats://user:password@host:port,host:port` apart. Throws `InvalidUrlError`. */
export function parseServers(servers: string): { user?: string; pass?: string; hosts: string[]; isTls: boolean } {
  const match = /^(nats|tls):\/\/(?:([^:@/]+)(?::([^@/]*))?@)?([^/@?]+)\/?$/.exec(servers);
  const hosts = match?.[4].split(',') ?? [];
  if (!match || hosts.some((host) => !/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(host))) {
    throw new InvalidUrlError(
      `${hideSecrets(servers)} is not nats://[user:password@]host[:port][,host…] (or tls:// for the same)`,
    );
  }
  const decoded = (text: string | undefined) => (text === undefined ? undefined : decodeURIComponent(text));
  return { user: decoded(match[2]), pass: decoded(match[3]), hosts, isTls: match[1] === 'tls' };
}

/** The address without its password, for messages. */
export function hideSecrets(servers: string): string {
  return servers.replace(/\/\/[^@/]*@/, '//***@');
}

function trimmed(seed: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(seed).toString('ascii').trim());
}

async function connectWithin(options: NatsOptions, connection: ConnectionOptions): Promise<NatsConnection> {
  const deadlineMs = performance.now() + options.unavailableAfterMs;
  for (let round = 0; ; round++) {
    try {
      return await connect(connection);
    } catch (error) {
      const where = hideSecrets(options.servers);
      if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
        throw new LogUnusableError(`the NATS server at ${where} refuses our credentials: ${error.message}`, {
          cause: error,
        });
      }
      if (performance.now() > deadlineMs) {
        throw new LogUnavailableError(`no NATS server answers at ${where}: ${(error as Error).message}`, {
          cause: error,
        });
      }
      await sleep(jitteredMs(Math.min(100 * 2 ** round, 2_000)));
    }
  }
}
