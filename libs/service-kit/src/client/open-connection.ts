import { readFileSync } from 'node:fs';
import { clientCredentials } from '../tls/credentials.ts';
import { watchCertificates } from '../tls/tls-config.ts';
import { parseTokens } from '../tls/tokens.ts';
import type { ConnectOptions } from './clients.ts';

/** How a client proves itself, and whom it trusts. Paths of files. */
export interface ConnectionFiles {
  /** Given: calls use TLS, whether or not the address says so. */
  readonly tls?: ConnectionTls | undefined;
  /** Holds the token that is sent with every call. */
  readonly tokenFile?: string | undefined;
}

/** TLS of a client. */
interface ConnectionTls {
  /** Certificates of the authorities of the server's. Default: those that Node trusts. */
  readonly ca?: string | undefined;
  /** Certificate of the client and its key, where the server demands one: both or neither. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Name in the server's certificate. Default: the host of the address. */
  readonly serverName?: string | undefined;
}

/** Thrown when a token would be sent over a network in the clear. */
export class ClearTokenError extends Error {
  override readonly name = 'ClearTokenError';
}

/** The target and the options with which to connect. */
export interface OpenConnection {
  readonly target: string;
  readonly options: ConnectOptions;
  /** Ends the watch of the files. */
  close(): void;
}

/**
 * Reads the files of a connection. Throws `TlsFileError`, `TokenFileError` or {@link ClearTokenError}, and what reading throws.
 */
export function openConnection(address: string, { tls, tokenFile }: ConnectionFiles): OpenConnection {
  const isSecure = tls === undefined || address.startsWith('tls://');
  const target = isSecure ? address : `tls://${address.replace(/^dns:\/\/\//, '')}`;
  const value = tokenFile === undefined ? undefined : parseTokens(tokenFile, readFileSync(tokenFile))[0];
  const token = value === undefined ? undefined : () => value;
  if (token !== undefined && !target.startsWith('tls://') && !isLocal(target)) {
    throw new ClearTokenError(
      `${target}: a token is not sent over the network in the clear; right would be tls://${target}, or a port of this machine that is forwarded`,
    );
  }
  if (!target.startsWith('tls://')) return { target, options: { token }, close() {} };
  const watched = watchCertificates({ certFile: tls?.cert, keyFile: tls?.key, caFile: tls?.ca }, { warn: () => {} });
  return {
    target,
    options: { credentials: clientCredentials(watched), serverName: tls?.serverName, token },
    close: watched.close,
  };
}

/** Whether a target is on this machine, where no network carries the token. */
function isLocal(target: string): boolean {
  return /^(unix(-abstract)?:|(dns:\/\/\/)?(localhost|127(\.\d+){3}|\[::1\]):)/.test(target);
}
