import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifySelf, isKnownDead, type ProcessIdentity } from '@qloom/episode-log/process-identity.ts';
import { makeTemporaryFolder } from '../run-folder/write-file.ts';

/**
 * Longest path of the system's temporary folder with which sockets still fit into 103 bytes, the limit of every system.
 */
const MAX_BASE_BYTES = 50;

/**
 * A fresh folder in the system's temporary one whose name identifies the owning process, so that a later one can remove
 * it where its owner was killed. Removes such folders of dead processes first. Throws CommandError where the temporary
 * folder is not one.
 *
 * Name: `qloom-<world>-<pid>-<start>-<random>`: a hash of host, boot and pid namespace, the process id, and when the process
 * started, in base 36.
 */
export function makeOwnedTempFolder(temporary = tmpdir()): string {
  const base = Buffer.byteLength(temporary) <= MAX_BASE_BYTES ? temporary : '/tmp';
  const self = identifySelf();
  const start = self.start === '' ? '' : BigInt(self.start).toString(36);
  const prefix = `qloom-${shortHash(self.world)}-${self.pid.toString(36)}-${start}-`;
  clearFoldersOfDead(base, self);
  return makeTemporaryFolder(prefix, base);
}

const OWNED = /^qloom-([0-9a-f]{6})-([0-9a-z]+)-([0-9a-z]*)-[A-Za-z0-9]{6}$/;

/** Removes the folders of processes that are known to be dead: of this boot of this machine, and of this user. */
function clearFoldersOfDead(base: string, self: ProcessIdentity): void {
  const own = shortHash(self.world);
  for (const name of namesIn(base)) {
    const [, world, pid, start] = OWNED.exec(name) ?? [];
    if (world !== own) continue;
    const owner = { world: self.world, pid: Number.parseInt(pid, 36), start: decimalOf(start) };
    if (!isKnownDead(owner, self)) continue;
    const path = join(base, name);
    try {
      const stat = lstatSync(path);
      if (stat.isDirectory() && stat.uid === process.getuid?.()) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process was faster, or permissions are missing: the folder does no harm.
    }
  }
}

/** Entries of a folder; none where it cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}

/** A whole number in base 36 as a decimal, which may be above 2^53; '' where there is none. */
function decimalOf(text: string): string {
  return text === ''
    ? ''
    : [...text].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n).toString();
}
