import { createServer, type Socket } from 'node:net';
import { createSignalBoard } from './signal-board.ts';
import { createTempFolder } from './temp-folder.ts';

/** A peer that accepts every connection and never answers. */
export interface SilentPeer {
  readonly target: string;
  /** Resolves when someone has connected. */
  readonly connected: Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts one on a unix socket of its own. */
export async function startSilentPeer(): Promise<SilentPeer> {
  const folder = await createTempFolder();
  const sockets = createSignalBoard<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.post(socket);
  });
  const path = folder.file('silent.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    target: `unix:${path}`,
    connected: sockets.atLeast(1),
    async stop() {
      for (const socket of sockets.all) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await folder.remove();
    },
  };
}
