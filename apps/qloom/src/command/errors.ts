/** Exit codes of the command line, documented in `qloom --help`. */
export const EXIT = {
  /** Done. */
  OK: 0,
  /** It failed; the message has the reason. */
  FAILURE: 1,
  /** Wrong arguments, a bad study file or bad data: nothing was run. */
  USAGE: 2,
  /** Ctrl-C or SIGTERM. */
  INTERRUPTED: 130,
} as const;

/** Thrown when a command cannot continue; the message is for the user and no stack is shown. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: number = EXIT.FAILURE;
}

/** Thrown when the user's input is wrong: arguments, a study file, a CSV. */
export class UsageError extends CommandError {
  override readonly name: string = 'UsageError';
  override readonly exitCode: number = EXIT.USAGE;
}

/** Thrown when the user stopped the command. */
export class InterruptedError extends CommandError {
  override readonly name: string = 'InterruptedError';
  override readonly exitCode: number = EXIT.INTERRUPTED;
}
