import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { LogUnusableError } from '../errors.ts';

/** One mounted file system. */
export interface Mount {
  readonly at: string;
  readonly type: string;
}

const NETWORK_TYPES =
  /^(nfs\d?|cifs|smb\d?|smbfs|afs|9p|drvfs|ceph|lustre|gpfs|beegfs|orangefs|ocfs2|gfs2|webdav|afpfs|ncpfs|glusterfs|vboxsf|fuse\.(sshfs|s3fs|rclone|gcsfuse|goofys|blobfuse2?|glusterfs|ceph|mount-s3|davfs2?|juicefs|curlftpfs))$/;

/** Reads /proc/self/mountinfo (Linux, proc(5)): the mount point is field 5, the type is the first after ` - `. */
export function parseMountInfo(text: string): Mount[] {
  return text
    .split('\n')
    .filter((line) => line.includes(' - '))
    .map((line) => {
      const [before, after] = line.split(' - ');
      const at = before
        .split(' ')[4]
        .replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
      return { at, type: after.split(' ')[0] };
    });
}

/** Reads the output of `mount` on macOS and the BSDs: `//host/x on /Volumes/x (smbfs, nodev)`. */
export function parseMountCommand(text: string): Mount[] {
  return [...text.matchAll(/^.* on (.+) \(([^,)\s]+)[^)]*\)$/gm)].map(([, at, type]) => ({ at, type }));
}

/**
 * Throws `LogUnusableError` when the existing folder `folder` lies on a network file system: SQLite's write-ahead log
 * needs memory shared by all its processes, which those do not have (sqlite.org/wal.html), and it would be corrupted.
 */
export function assertLocalFileSystem(folder: string, mounts: readonly Mount[] = readMounts()): void {
  const path = realpathSync(folder);
  let found: Mount | undefined;
  for (const mount of mounts) {
    const prefix = mount.at.endsWith('/') ? mount.at : `${mount.at}/`;
    // The last of equal mount points lies on top.
    if (`${path}/`.startsWith(prefix) && mount.at.length >= (found?.at.length ?? 0)) found = mount;
  }
  if (found && NETWORK_TYPES.test(found.type)) {
    throw new LogUnusableError(
      `${path} lies on a network file system (${found.type}, mounted at ${found.at}), where SQLite would corrupt the ` +
        'log: put it on a local disk, or use a nats:// log',
    );
  }
}

function readMounts(): Mount[] {
  try {
    return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    try {
      return parseMountCommand(execFileSync('mount', { encoding: 'utf8', timeout: 2000 }));
    } catch {
      return []; // unknown, as on Windows
    }
  }
}
