import { CommandError } from './errors.ts';

/** Reasons why calls to the operating system fail, in words, with a remedy where it is always the same. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device; make room and run the same command again',
  EDQUOT: 'the quota of disk space is used up; make room and run the same command again',
  EFBIG: 'the file would be larger than allowed',
  EIO: 'the device has failed',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is there',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
};

const DONE: Readonly<Record<string, string>> = {
  mkdir: 'made',
  mkdtemp: 'made',
  write: 'written',
  rename: 'written',
  unlink: 'removed',
  rm: 'removed',
  rmdir: 'removed',
};

/** `why (CODE)` of a failed call to the operating system; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  const { code, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (!(error instanceof Error) || typeof code !== 'string' || syscall === undefined) return undefined;
  return `${REASONS[code] ?? error.message.replace(/^\w+: /, '').replace(/, \w+( '.*)?$/, '')} (${code})`;
}

/**
 * A failed call to the operating system in one line for the user, with its path where it has one; undefined for any
 * other error.
 */
export function systemErrorText(error: unknown): string | undefined {
  const reason = systemReason(error);
  if (reason === undefined) return undefined;
  const { path, syscall = '' } = error as NodeJS.ErrnoException;
  return `${path === undefined ? syscall : `${path}: cannot be ${DONE[syscall] ?? 'opened'}`}: ${reason}`;
}

/** Thrown when a file or folder of a run cannot be made or written. The message has its path and the reason. */
export class FileError extends CommandError {
  override readonly name: string = 'FileError';

  constructor(path: string, done: 'made' | 'written', cause: unknown) {
    super(`${path}: cannot be ${done}: ${systemReason(cause) ?? (cause as Error).message}`, { cause });
  }
}
