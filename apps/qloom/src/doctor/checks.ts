import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { withoutCredentials } from '@qloom/episode-log/nats/nats-address.ts';
import { credentialsFromEnvironment } from '../run/event-log.ts';

/** Result of one check. */
export interface Finding {
  readonly what: string;
  /** `absent`: missing, but not needed by every study. */
  readonly state: 'ok' | 'absent' | 'broken';
  readonly detail: string;
}

const LEAST_FREE_BYTES = 200 * 2 ** 20;

/** The Node that runs the services. */
export function checkNode(): Finding {
  const typed = Boolean(process.features.typescript);
  return {
    what: 'Node',
    state: typed ? 'ok' : 'broken',
    detail: `${process.versions.node} (${process.execPath})${typed ? '' : ': does not run TypeScript; use 22.18 or later'}`,
  };
}

/** Whether a unix socket can be served and called in `folder`. */
export async function checkSockets(folder: string): Promise<Finding> {
  const path = join(folder, 'probe.sock');
  const server = createServer((socket) => socket.end());
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(path, () => {
        const client = connect(path, () => {
          client.destroy();
          done();
        });
        client.once('error', fail);
      });
    });
    return { what: 'unix sockets', state: 'ok', detail: `served and called in ${folder}` };
  } catch (error) {
    return { what: 'unix sockets', state: 'broken', detail: `${path}: ${(error as Error).message}` };
  } finally {
    server.close();
  }
}

/** Free space on the disk of run folders. */
export async function checkDisk(folder: string): Promise<Finding> {
  let path = resolve(folder);
  while (!existsSync(path)) path = dirname(path);
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  return {
    what: 'disk',
    state: free >= LEAST_FREE_BYTES ? 'ok' : 'broken',
    detail: `${(free / 2 ** 30).toFixed(1)} GB free at ${path}; a study takes some 10 to 100 MB`,
  };
}

/** Whether a NATS server with JetStream answers at `url`, with the credentials of the environment. */
export async function checkNats(url: string, env: Readonly<Record<string, string | undefined>>): Promise<Finding> {
  const { connectNats } = await import('@qloom/episode-log/nats/nats-connection.ts');
  try {
    const where = withoutCredentials(url);
    const connection = await connectNats({
      ...credentialsFromEnvironment(env),
      servers: url,
      unavailableAfterMs: 0,
      warn: () => {},
    });
    const version = connection.info?.version;
    await connection.close();
    return { what: 'NATS', state: 'ok', detail: `${where}: nats-server ${version} with JetStream` };
  } catch (error) {
    const detail = `${(error as Error).message}; needed for --log nats://… only`;
    return { what: 'NATS', state: 'absent', detail };
  }
}
