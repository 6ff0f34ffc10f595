import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/nats-core';
import { InvalidUrlError } from '../errors.ts';
import type { NatsAddress } from './nats-address.ts';

/** Credentials for a NATS server and the trusted authority, which do not belong into a URL. */
export interface NatsCredentials {
  /** A user's name and password. */
  readonly user?: string;
  readonly password?: string;
  /** A token in place of a user. */
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

/**
 * The authenticator of the given credentials; undefined if there are none. Throws `InvalidUrlError` when there are two
 * kinds, or a file holds something else.
 */
export async function authenticatorFor(
  address: NatsAddress,
  options: NatsCredentials,
): Promise<Authenticator | undefined> {
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

/** An authenticator reads its seed only when it signs, so it signs here. The library's own error may quote the file. */
function checked(authenticator: Authenticator, problem: string): Authenticator {
  try {
    authenticator('nonce');
  } catch {
    throw new InvalidUrlError(problem);
  }
  return authenticator;
}

/**
 * Reads the certificate at `path`, which a server would silently refuse once it has expired. Throws `InvalidUrlError`
 * where it cannot be read, is none, or is not valid at `now`.
 */
export async function assertCertificateHolds(path: string, now = new Date()): Promise<void> {
  const pem = await readable(path, (file) => readFile(file));
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new InvalidUrlError(`${path} is no certificate: it needs one as PEM`);
  }
  const { validFromDate, validToDate } = certificate;
  if (now > validToDate) throw new InvalidUrlError(`the certificate ${path} has expired: ${validToDate.toISOString()}`);
  if (now < validFromDate) {
    throw new InvalidUrlError(`the certificate ${path} is not valid before ${validFromDate.toISOString()}`);
  }
}

/** The result of `use` on the file at `path`. Throws `InvalidUrlError`, with the path, if it cannot be read. */
export async function readable<T>(path: string, use: (path: string) => Promise<T>): Promise<T> {
  try {
    return await use(path);
  } catch (error) {
    throw new InvalidUrlError(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}
