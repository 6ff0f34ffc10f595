import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  errors,
  type NatsConnection,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { InvalidUrlError, LogUnavailableError, LogUnusableError } from './errors.ts';
import { isOutOfReach, reasonOf } from './jetstream-answers.ts';
import { jitteredMs } from './log-options.ts';
import { type NatsAddress, natsUrlOf, parseNatsUrl } from './nats-address.ts';

/** Who we are to a NATS server, and whom we trust: what does not belong into a URL. */
export interface NatsCredentials {
  /** A user's name and password. */
  readonly user?: string;
  readonly password?: string;
  /** A token that stands for a user. */
  readonly token?: string;
  /** A file with a user's JWT and nkey seed, as `nsc` writes it. */
  readonly credentialsFile?: string;
  /** A file with an nkey seed alone. */
  readonly nkeySeedFile?: string;
  /** A file with the certificate of the authority that signed the server's: PEM. */
  readonly caFile?: string;
  /** The client's certificate and its key, for mutual TLS: PEM, both or neither. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** How to reach a NATS server. */
export interface NatsOptions extends NatsCredentials {
  /** `nats://[user:password@]host[:port][,host[:port]…]`, or `tls://…`. */
  readonly servers: string;
  /** Shown by the server's monitoring. Default: `qloom`. */
  readonly name?: string;
  /** How long the first connection is tried for. */
  readonly unavailableAfterMs: number;
  readonly warn: (message: string) => void;
}

/** Below this version servers lack what we rely on in production; what works on them is tested, no more. */
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
  return {
    servers: [...address.hosts],
    name: options.name ?? 'qloom',
    authenticator: await authenticatorFor(address, options),
    ...(address.isTls || tlsFiles.length > 0 ? { tls: Object.fromEntries(tlsFiles) } : {}),
    // Pods are restarted together: spread their reconnects.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    reconnectJitterTLS: 1000,
    // Finds a dead peer within 30 s where TCP would take many minutes.
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: Math.max(2_000, Math.min(5_000, options.unavailableAfterMs)),
  };
}

/** The one way in which we say who we are; undefined where nothing was given. */
async function authenticatorFor(address: NatsAddress, options: NatsOptions): Promise<Authenticator | undefined> {
  const { credentialsFile, nkeySeedFile } = options;
  const user = address.user ?? options.user;
  const token = address.token ?? options.token;
  const ways = [
    ...(address.user === undefined && address.token === undefined ? [] : ['the URL']),
    ...(options.user === undefined && options.password === undefined ? [] : ['user and password']),
    ...(options.token === undefined ? [] : ['a token']),
    ...(credentialsFile === undefined ? [] : ['a credentials file']),
    ...(nkeySeedFile === undefined ? [] : ['an nkey seed file']),
  ];
  if (ways.length > 1) throw new InvalidUrlError(`NATS credentials come from ${ways.join(' and ')}: give one of them`);
  if (credentialsFile !== undefined) {
    const content = await readable(credentialsFile, (file) => readFile(file));
    const authenticator = credsAuthenticator(content);
    return checked(
      authenticator,
      `${credentialsFile} is no NATS credentials file: it needs a user's JWT and nkey seed`,
    );
  }
  if (nkeySeedFile !== undefined) {
    const seed = Buffer.from((await readable(nkeySeedFile, (file) => readFile(file))).toString('ascii').trim());
    return checked(
      nkeyAuthenticator(seed),
      `${nkeySeedFile} holds no nkey seed of a user (one line that begins with SU)`,
    );
  }
  if (token !== undefined) return tokenAuthenticator(token);
  if (user === undefined && options.password !== undefined) {
    throw new InvalidUrlError('a NATS password needs a user: give both or neither');
  }
  return user === undefined ? undefined : usernamePasswordAuthenticator(user, address.password ?? options.password);
}

/** An authenticator reads its seed only when it signs: let it sign. The library's own error may quote the file. */
function checked(authenticator: Authenticator, problem: string): Authenticator {
  try {
    authenticator('nonce');
  } catch {
    throw new InvalidUrlError(problem);
  }
  return authenticator;
}

async function readable<T>(path: string, use: (path: string) => Promise<T>): Promise<T> {
  try {
    return await use(path);
  } catch (error) {
    throw new InvalidUrlError(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
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

/** Codes of Node's and OpenSSL's errors about certificates and keys: no other try mends them. */
const TLS_CODE =
  /^(ERR_OSSL_|ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH)/;

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return String(code ?? cause?.code ?? '');
}

function isTlsProblem(error: unknown): boolean {
  return TLS_CODE.test(codeOf(error)) || isWithoutTls(error);
}

function isWithoutTls(error: unknown): boolean {
  return error instanceof errors.ConnectionError && error.message.includes("does not support 'tls'");
}

/** What to do about an error of `connect`, where its own message does not say it. */
function connectProblem(error: unknown): string {
  if (isWithoutTls(error)) return 'it has no TLS, and tls:// or a TLS file was given';
  const message = (error as Error).message;
  const code = codeOf(error);
  if (code.startsWith('ERR_OSSL_'))
    return `the certificate and key given for us are no matching PEM files (${message})`;
  if (TLS_CODE.test(code)) return `its certificate is not trusted (${message}): give the certificate of its authority`;
  if (error instanceof errors.TimeoutError) {
    return 'no answer in time (one that asks for a client certificate falls silent without it)';
  }
  return message;
}

/** Waits until the account's JetStream answers: a cluster between two leaders does not for a moment. */
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
      // A server without JetStream does not answer either, and says so in its greeting.
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
