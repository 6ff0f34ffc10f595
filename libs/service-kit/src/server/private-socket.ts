import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListenAddress } from '../config/listen.ts';

/** A unix socket that only this user can reach. */
export interface PrivateSocket {
  readonly address: ListenAddress;
  remove(): Promise<void>;
}

/** A path for a socket in a new temporary folder, which is closed to other users (mode 0700). */
export async function createPrivateSocket(): Promise<PrivateSocket> {
  const folder = await mkdtemp(join(tmpdir(), 'qloom-self-'));
  return {
    address: { kind: 'unix', path: join(folder, 'self.sock') },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
