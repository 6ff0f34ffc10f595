/** The address of a service in the form of grpc-js, and whether calls to it use TLS. */
export interface ParsedTarget {
  readonly address: string;
  readonly secure: boolean;
}

const TLS = 'tls://';

/** `tls://host:port` is `dns:///host:port` over TLS; any other target is one of gRPC, without TLS. */
export function parseTarget(target: string): ParsedTarget {
  if (!target.startsWith(TLS)) return { address: target, secure: false };
  return { address: `dns:///${target.slice(TLS.length)}`, secure: true };
}
