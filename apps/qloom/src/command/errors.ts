/** Exit codes of the command line, documented in `qloom --help`. */
export const EXIT = {
  /** Done. */
  OK: 0,
  /** It failed; the message says why. */
  FAILURE: 1,
  /** Wrong arguments, a bad study file or bad data: nothing was run. */
  USAGE: 2,
  /** Ctrl-C or SIGTERM. */
  INTERRUPTED: 130,
} as const;

/** Thrown when a command cannot go on; the message is for people and no stack is shown. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: number = EXIT.FAILURE;
}

/** Thrown when what the user gave is wrong: arguments, a study file, a CSV. */
export class UsageError extends CommandError {
  override readonly name: string = 'UsageError';
  override readonly exitCode: number = EXIT.USAGE;
}

/** Thrown when the user stopped the command. */
export class InterruptedError extends CommandError {
  override readonly name: string = 'InterruptedError';
  override readonly exitCode: number = EXIT.INTERRUPTED;
}
