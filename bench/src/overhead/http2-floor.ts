import { once } from 'node:events';
import { connect } from 'node:http2';
import { createConnection } from 'node:net';

/** A stream that takes `size` bytes and gives as many back, over HTTP/2 alone. */
export interface Floor {
  /** Sends, and resolves when everything has come back. */
  exchange(): Promise<void>;
  close(): Promise<void>;
}

/** Connects to `http2-echo-main.ts` at a socket. */
export async function connectFloor(path: string, size: number): Promise<Floor> {
  const session = connect('http://localhost', { createConnection: () => createConnection(path) });
  const stream = session.request({ ':method': 'POST', ':path': '/' }, { endStream: false });
  const bytes = Buffer.alloc(size);
  let back = 0;
  let done: () => void = () => {};
  stream.on('data', (chunk: Buffer) => {
    back += chunk.length;
    if (back < size) return;
    back -= size;
    done();
  });
  await once(stream, 'response');
  return {
    exchange: () =>
      new Promise((resolve) => {
        done = resolve;
        stream.write(bytes);
      }),
    async close() {
      const closed = once(session, 'close');
      stream.end();
      session.close();
      await closed;
    },
  };
}
