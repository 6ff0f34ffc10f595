import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { type ConnectionOptions, errors, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { InvalidUrlError, LogUnavailableError, LogUnusableError } from '../errors.ts';
import { isOutOfReach, reasonOf } from '../jetstream/jetstream-answers.ts';
import { jitteredMs } from '../log-options.ts';
import { type NatsAddress, natsUrlOf, parseNatsUrl } from './nats-address.ts';
import { connectProblem, isTlsProblem } from './nats-connect-problem.ts';
import { assertCertificateHolds, authenticatorFor, type NatsCredentials, readable } from './nats-credentials.ts';

/** How to reach a NATS server. */
export interface NatsOptions extends NatsCredentials {
  /** `nats://[user:password@]host[:port][,host[:port]…]`, or `tls://…`. */
  readonly servers: string;
  /** Shown by the server's monitoring. Default: `qloom`. */
  readonly name?: string;
  /** How long the first connection is attempted. */
  readonly unavailableAfterMs: number;
  readonly warn: (message: string) => void;
}

/** Oldest version for production: older servers lack features that it relies on, and are supported for tests only. */
const OLDEST_CURRENT = [2, 11, 0];

/**
 * Connects, with endless reconnects afterwards, and checks that JetStream is there. Warns when the first try fails, and
 * when the server is older than 2.11. Throws `LogUnavailableError` when no server answers in time, `LogUnusableError`
 * when the server refuses us or has no JetStream, `InvalidUrlError` for a malformed address and for credentials that
 * cannot be read or contradict each other.
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const address = parseNatsUrl(options.servers);
  const where = natsUrlOf(address);
  const deadlineMs = performance.now() + options.unavailableAfterMs;
  const connection = await untilReached(options, deadlineMs, where, await toConnectionOptions(address, options));
  try {
    await withJetStream(connection, options, deadlineMs, where);
  } catch (error) {
    await connection.close();
    throw error;
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

async function toConnectionOptions(address: NatsAddress, options: NatsOptions): Promise<ConnectionOptions> {
  const { caFile, certFile, keyFile } = options;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new InvalidUrlError('a client certificate needs its key, and a key its certificate: give both or neither');
  }
  const tlsFiles = Object.entries({ caFile, certFile, keyFile }).filter(([, path]) => path !== undefined);
  for (const [, path] of tlsFiles) await readable(path as string, (file) => access(file, constants.R_OK));
  if (certFile !== undefined) await assertCertificateHolds(certFile);
  return {
    servers: [...address.hosts],
    name: options.name ?? 'qloom',
    authenticator: await authenticatorFor(address, options),
    ...(address.isTls || tlsFiles.length > 0 ? { tls: Object.fromEntries(tlsFiles) } : {}),
    // Pods may restart together: spread their reconnects.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    reconnectJitterTLS: 1000,
    // Detects a dead peer within 30 s; TCP would take many minutes.
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: Math.max(2_000, Math.min(5_000, options.unavailableAfterMs)),
  };
}

async function untilReached(
  options: NatsOptions,
  deadlineMs: number,
  where: string,
  connection: ConnectionOptions,
): Promise<NatsConnection> {
  for (let round = 0; ; round++) {
    try {
      return await connect(connection);
    } catch (error) {
      if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
        throw new LogUnusableError(`the NATS server at ${where} refuses our credentials: ${error.message}`, {
          cause: error,
        });
      }
      const problem = `no NATS server answers at ${where}: ${connectProblem(error)}`;
      if (isTlsProblem(error)) throw new LogUnusableError(problem, { cause: error });
      if (performance.now() > deadlineMs) throw new LogUnavailableError(problem, { cause: error });
      if (round === 0) options.warn(`${problem}; trying for ${options.unavailableAfterMs / 1000} s`);
      await sleep(jitteredMs(Math.min(100 * 2 ** round, 2_000)));
    }
  }
}

/** Waits until the account's JetStream answers: a cluster that changes its leader does not for a moment. */
async function withJetStream(
  connection: NatsConnection,
  options: NatsOptions,
  deadlineMs: number,
  where: string,
): Promise<void> {
  for (let round = 0; ; round++) {
    try {
      await jetstreamManager(connection);
      return;
    } catch (error) {
      // A server without JetStream does not answer either, and announces that when a client connects.
      if (!isOutOfReach(error) || connection.info?.jetstream !== true) {
        throw new LogUnusableError(
          `the NATS server at ${where} has no JetStream for this account: start it with -js (${reasonOf(error)})`,
          { cause: error },
        );
      }
      if (performance.now() > deadlineMs) {
        throw new LogUnavailableError(`JetStream at ${where} does not answer: ${reasonOf(error)}`, { cause: error });
      }
      if (round === 0) options.warn(`JetStream at ${where} does not answer: ${reasonOf(error)}; trying again`);
      await sleep(jitteredMs(Math.min(100 * 2 ** round, 2_000)));
    }
  }
}
