import { getCACertificates } from 'node:tls';
import { type ChannelCredentials, experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { Certificates } from './certificates.ts';
import type { WatchedFiles } from './watched-files.ts';

/** Certificates that may change: connections made afterwards use the new ones. */
type Watched = Pick<WatchedFiles<Certificates>, 'current' | 'onChange'>;

/**
 * Credentials of a server with an identity; where there are authorities, clients must present a certificate that one of
 * them signed.
 */
export function serverCredentials(watched: Watched): ServerCredentials {
  const needsClients = watched.current.authorities !== undefined;
  const provider = providerOf(watched, () => undefined);
  return experimental.createCertificateProviderServerCredentials(
    provider,
    needsClients ? provider : null,
    needsClients,
  );
}

/**
 * Credentials of a client: it trusts the given authorities, or else those that Node trusts (NODE_EXTRA_CA_CERTS among
 * them), and presents its certificate if it has one.
 */
export function clientCredentials(watched: Watched = { current: {}, onChange() {} }): ChannelCredentials {
  const provider = providerOf(watched, () => Buffer.from(getCACertificates('default').join('\n')));
  const hasIdentity = watched.current.identity !== undefined;
  return experimental.createCertificateProviderChannelCredentials(provider, hasIdentity ? provider : null);
}

/** The certificates in the form in which grpc-js follows them. */
function providerOf(watched: Watched, trusted: () => Buffer | undefined): experimental.CertificateProvider {
  const authorityListeners = new Set<experimental.CaCertificateUpdateListener>();
  const identityListeners = new Set<experimental.IdentityCertificateUpdateListener>();
  const authority = ({ authorities }: Certificates): experimental.CaCertificateUpdate | null => {
    const caCertificate = authorities ?? trusted();
    return caCertificate === undefined ? null : { caCertificate };
  };
  watched.onChange((changed) => {
    for (const listener of authorityListeners) listener(authority(changed));
    for (const listener of identityListeners) listener(changed.identity ?? null);
  });
  // grpc-js registers its own interest after it has added a listener, so that the first value has to come later.
  return {
    addCaCertificateListener(listener) {
      authorityListeners.add(listener);
      process.nextTick(() => listener(authority(watched.current)));
    },
    removeCaCertificateListener: (listener) => void authorityListeners.delete(listener),
    addIdentityCertificateListener(listener) {
      identityListeners.add(listener);
      process.nextTick(() => listener(watched.current.identity ?? null));
    },
    removeIdentityCertificateListener: (listener) => void identityListeners.delete(listener),
  };
}
