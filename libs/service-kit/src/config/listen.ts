import { rm } from 'node:fs/promises';
import { connect } from 'node:net';

/** An address to serve on. */
export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** `sun_path` has 108 bytes on Linux and 104 on macOS, one of them the final zero. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Parses `unix:/path.sock` or `host:port` (`[::1]:50051` for IPv6); `problem` says what is wrong and what is right. */
export function parseListen(value: string): { readonly address?: ListenAddress; readonly problem?: string } {
  if (value.startsWith('unix:')) {
    const path = value.slice('unix:'.length).replace(/^\/\/(?=\/)/, '');
    if (!path.startsWith('/'))
      return { problem: 'names no absolute path; right would be unix:/run/qloom/service.sock' };
    const bytes = Buffer.byteLength(path);
    if (bytes > MAX_SOCKET_PATH_BYTES) {
      return { problem: `is a socket path of ${bytes} bytes; right would be at most ${MAX_SOCKET_PATH_BYTES}` };
    }
    return { address: { kind: 'unix', path } };
  }
  const match = /^(\[[0-9a-fA-F:]+\]|[^:\s/]+):(\d{1,5})$/.exec(value);
  if (match === null || Number(match[2]) > 65_535) {
    return { problem: 'is no address; right would be unix:/absolute/path.sock or host:port' };
  }
  return { address: { kind: 'tcp', host: match[1], port: Number(match[2]) } };
}

/** The target that a client on this machine calls: a wildcard host becomes the loopback address. */
export function clientTarget(address: ListenAddress, boundPort: number): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const host = address.host === '0.0.0.0' ? '127.0.0.1' : address.host === '[::]' ? '[::1]' : address.host;
  return `${host}:${boundPort}`;
}

/** The address in the form that grpc-js binds. */
export function bindTarget(address: ListenAddress): string {
  return address.kind === 'unix' ? `unix:${address.path}` : `${address.host}:${address.port}`;
}

/**
 * Removes the socket file that a killed process left behind. Throws when a living process answers on it: two
 * services on one socket would take each other's calls.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (answered) throw new Error(`QLOOM_LISTEN: another process serves on unix:${path}; right would be a free path`);
  await rm(path, { force: true });
}
