/**
 * What is wrong with the address of a service, and what would be right; undefined where nothing is. Addresses are those of
 * gRPC: `unix:/path.sock`, `host:port`, `dns:///host:port`, and `tls://host:port`.
 */
export function targetProblem(target: string): string | undefined {
  if (/\s/.test(target)) return `has a space; ${RIGHT}`;
  if (/^https:/i.test(target)) return 'is a URL; right would be tls://host:port';
  if (/^http:/i.test(target)) return `is a URL; ${RIGHT}`;
  if (/^unix(-abstract)?:/.test(target)) return undefined;
  if (/^tls:/.test(target) && !/^tls:\/\/(\[[0-9a-fA-F:]+\]|[^:/[\]]+)(:\d+)?$/.test(target)) {
    return 'is no address of TLS; right would be tls://host:port';
  }
  const port = /:(\d+)$/.exec(target)?.[1];
  if (port === undefined) return `has no port; ${RIGHT}`;
  return Number(port) >= 1 && Number(port) <= 65_535
    ? undefined
    : `has port ${port}; right would be one from 1 to 65535`;
}

const RIGHT = 'right would be unix:/path.sock or host:port';
