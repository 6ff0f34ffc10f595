import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { quoted } from '@qloom/tensor/quoted.ts';

/** PEM files of one side of a connection. */
export interface TlsFiles {
  /** Its own certificate, with those of intermediate authorities after it, and its key: both or neither. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The authorities that sign the certificates of the other side. */
  readonly caFile?: string;
}

/** The contents of {@link TlsFiles}, checked. */
export interface Certificates {
  readonly identity?: { readonly certificate: Buffer; readonly privateKey: Buffer };
  readonly authorities?: Buffer;
}

/** Thrown when a file for TLS holds something else, is out of date, or does not fit another one; has its path. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';
}

/** The paths that are set, in the order in which {@link parseCertificates} takes their contents. */
export function pathsOf({ certFile, keyFile, caFile }: TlsFiles): string[] {
  return [certFile, keyFile, caFile].filter((path) => path !== undefined);
}

/**
 * Checks the contents of files: the certificate is valid at `now`, the key is its key, the authorities are certificates.
 * Throws {@link TlsFileError}.
 */
export function parseCertificates(files: TlsFiles, contents: readonly Buffer[], now = new Date()): Certificates {
  const content = new Map(pathsOf(files).map((path, i) => [path, contents[i]]));
  const { certFile, keyFile, caFile } = files;
  const authorities = caFile === undefined ? undefined : content.get(caFile);
  if (caFile !== undefined && authorities !== undefined) certificateIn(caFile, authorities);
  if (certFile === undefined || keyFile === undefined) return { authorities };
  const [certificate, privateKey] = [content.get(certFile) as Buffer, content.get(keyFile) as Buffer];
  const leaf = certificateIn(certFile, certificate);
  if (!leaf.checkPrivateKey(keyIn(keyFile, privateKey))) {
    throw new TlsFileError(`${keyFile} is not the key of the certificate ${certFile}; right would be both of one pair`);
  }
  const { validFromDate, validToDate } = leaf;
  if (now > validToDate) {
    throw new TlsFileError(`the certificate ${certFile} has expired: ${validToDate.toISOString()}; renew it`);
  }
  if (now < validFromDate) {
    throw new TlsFileError(`the certificate ${certFile} is not valid before ${validFromDate.toISOString()}`);
  }
  return { identity: { certificate, privateKey }, authorities };
}

function certificateIn(path: string, content: Buffer): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch {
    throw new TlsFileError(`${quoted(path)} is no certificate; right would be one as PEM`);
  }
}

function keyIn(path: string, content: Buffer): KeyObject {
  try {
    return createPrivateKey(content);
  } catch {
    throw new TlsFileError(`${quoted(path)} is no private key without a passphrase; right would be one as PEM`);
  }
}
