import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small file system that is filled quickly, and can be made read-only while files are open. */
export interface SmallDisk {
  readonly path: string;
  setReadOnly(readOnly: boolean): void;
  remove(): void;
}

/** Mounts a tmpfs of `kib` KiB in a new folder; undefined where this process may not mount. */
export function mountSmallDisk(kib: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'qloom-disk-'));
  const run = (...command: [string, ...string[]]): void => {
    execFileSync(command[0], command.slice(1), { stdio: 'ignore' });
  };
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path);
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    setReadOnly: (readOnly) => run('mount', '-o', `remount,${readOnly ? 'ro' : 'rw'}`, path),
    remove() {
      run('umount', '-l', path);
      rmSync(path, { recursive: true });
    },
  };
}

/** A `describe` whose tests need a {@link SmallDisk}: skipped with a notice where none can be mounted. */
export function describeWithSmallDisk(title: string, body: () => void): void {
  const probe = process.platform === 'linux' ? mountSmallDisk(64) : undefined;
  probe?.remove();
  if (!probe) process.stderr.write(`skipped, since this process may not mount a file system: ${title}\n`);
  (probe ? describe : describe.skip)(title, body);
}
