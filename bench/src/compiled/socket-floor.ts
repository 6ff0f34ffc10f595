import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { median } from '../harness/percentile.ts';
import { forkMain } from '../overhead/forked-main.ts';
import { monotonicMs } from './run-times.ts';
import { warm } from './split-times.ts';

/** Bytes over a socket in a step, and the time in milliseconds that both ends are busy otherwise. */
export interface SocketLoad {
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly judging: number;
  readonly update: number;
  readonly elsewhere: number;
}

/**
 * Median round-trip time of an exchange's bytes over a bare unix socket, in milliseconds. Both processes are busy
 * between messages as long as generator and critic are, because a process that has slept longer takes longer to wake.
 */
export async function timeSocketFloor(load: SocketLoad, count: number): Promise<number> {
  const folder = await createTempFolder();
  const { requestBytes, answerBytes, judging, update, elsewhere } = load;
  const args = [folder.file('floor.sock'), ...[requestBytes, answerBytes, judging, update].map(String)];
  const server = await forkMain(new URL('./socket-floor-main.ts', import.meta.url), args);
  const socket = connect(server.line);
  try {
    await once(socket, 'connect');
    const request = Buffer.alloc(requestBytes);
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = monotonicMs();
      while (monotonicMs() - start < elsewhere);
      const asked = monotonicMs();
      socket.write(request);
      const answer = await readBytes(socket, answerBytes);
      const late = Math.max(0, answer.readDoubleLE(8) - asked);
      times.push(monotonicMs() - asked - answer.readDoubleLE(0) - late);
    }
    return median(warm(times));
  } finally {
    socket.destroy();
    await server.stop();
    await folder.remove();
  }
}

async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let missing = count; missing > 0; ) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    chunks.push(chunk);
    missing -= chunk.length;
  }
  return Buffer.concat(chunks);
}
