import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  /** `absent`: not there, and not needed by every study. */
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

/** Free space where run folders go. */
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

/** Whether a NATS server greets at `url`: its first line, `INFO {json}`, says who it is. */
export async function checkNats(url: string, timeoutMs = 1_500): Promise<Finding> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port || 4222) });
  try {
    const greeting = await new Promise<string>((done, fail) => {
      socket.setTimeout(timeoutMs, () => fail(new Error(`no greeting within ${timeoutMs} ms`)));
      socket.once('data', (data) => done(String(data)));
      socket.once('error', fail);
    });
    const info = JSON.parse(greeting.replace(/^INFO /, '').split('\r\n')[0]);
    const jetStream = info.jetstream ? 'with JetStream' : 'WITHOUT JetStream, which Qloom needs (nats-server -js)';
    return {
      what: 'NATS',
      state: info.jetstream ? 'ok' : 'absent',
      detail: `${url}: nats-server ${info.version} ${jetStream}`,
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { what: 'NATS', state: 'absent', detail: `${url}: ${code ?? message}; needed for --log nats://… only` };
  } finally {
    socket.destroy();
  }
}
