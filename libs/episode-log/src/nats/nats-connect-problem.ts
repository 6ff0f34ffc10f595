import { errors } from '@nats-io/nats-core';

/** Codes of Node's and OpenSSL's errors about certificates and keys. */
const TLS_CODE =
  /^(ERR_OSSL_|ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH)/;

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return String(code ?? cause?.code ?? '');
}

/** Whether `connect` failed because of certificates, keys or missing TLS, which is not retryable. */
export function isTlsProblem(error: unknown): boolean {
  return TLS_CODE.test(codeOf(error)) || isWithoutTls(error);
}

function isWithoutTls(error: unknown): boolean {
  return error instanceof errors.ConnectionError && error.message.includes("does not support 'tls'");
}

/** An error of `connect` with a remedy, where its own message has none. */
export function connectProblem(error: unknown): string {
  if (isWithoutTls(error)) return 'it has no TLS, and tls:// or a TLS file was given';
  const message = (error as Error).message;
  const code = codeOf(error);
  if (code.startsWith('ERR_OSSL_'))
    return `the certificate and key given for us are no matching PEM files (${message})`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate, or that of its authority, has expired: renew it there';
  if (TLS_CODE.test(code)) return `its certificate is not trusted (${message}): give the certificate of its authority`;
  if (error instanceof errors.TimeoutError) {
    return 'no answer in time (one that asks for a client certificate falls silent without one that it trusts)';
  }
  return message;
}
