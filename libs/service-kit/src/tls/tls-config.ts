import { ConfigError, type ConfigTable, type ConfigValues, defineConfig } from '../config/config.ts';
import { fileVariable, HOLDS_CERTIFICATE, HOLDS_PRIVATE_KEY } from '../config/file-variable.ts';
import { type Certificates, parseCertificates, pathsOf, TlsFileError, type TlsFiles } from './certificates.ts';
import { type WatchedFiles, type WatchOptions, watchFiles } from './watched-files.ts';

/** TLS of a process: of its server, and of its calls to targets `tls://…`. */
export const TLS_CONFIG = defineConfig({
  QLOOM_TLS_CERT_FILE: fileVariable(
    'Certificate of this service, with QLOOM_TLS_KEY_FILE: its server accepts TLS only, except on a unix socket, and its calls to tls://… present it. PEM, read again when it changes.',
    'a PEM certificate',
    HOLDS_CERTIFICATE,
  ),
  QLOOM_TLS_KEY_FILE: fileVariable('The key of QLOOM_TLS_CERT_FILE: PEM.', 'a PEM private key', HOLDS_PRIVATE_KEY),
  QLOOM_TLS_CA_FILE: fileVariable(
    'Certificates of the authorities of the other services: clients must present a certificate of one, and calls to tls://… accept no other server. PEM. Not set: any client, and the authorities that Node trusts.',
    'a PEM certificate',
    HOLDS_CERTIFICATE,
  ),
} satisfies ConfigTable);

/**
 * The certificates that the variables of {@link TLS_CONFIG} name. Throws `ConfigError` where one is set without another
 * that it needs, or a file is wrong.
 */
export function watchTlsConfig(
  config: ConfigValues<typeof TLS_CONFIG>,
  options: WatchOptions,
): WatchedFiles<Certificates> {
  const { QLOOM_TLS_CERT_FILE: certFile, QLOOM_TLS_KEY_FILE: keyFile, QLOOM_TLS_CA_FILE: caFile } = config;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [set, other] = ['QLOOM_TLS_CERT_FILE', 'QLOOM_TLS_KEY_FILE'].toSorted((a) =>
      config[a as keyof typeof TLS_CONFIG] === undefined ? 1 : -1,
    );
    throw new ConfigError([`${set}: set without ${other}; set both or neither`]);
  }
  try {
    return watchCertificates({ certFile, keyFile, caFile }, options);
  } catch (error) {
    if (error instanceof TlsFileError) throw new ConfigError([`QLOOM_TLS_*: ${error.message}`]);
    throw error;
  }
}

/** Reads certificates, and reads them again as they change. Throws {@link TlsFileError} and what reading throws. */
export function watchCertificates(files: TlsFiles, options: WatchOptions): WatchedFiles<Certificates> {
  return watchFiles(pathsOf(files), (contents) => parseCertificates(files, contents), options);
}
