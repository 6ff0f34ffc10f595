/**
 * What a check is about: `contract` is what every caller relies on; `refusal` is what a caller's mistakes are answered
 * with, which a study of correct callers never sees.
 */
type CheckLevel = 'contract' | 'refusal';

/** One thing that the contract promises, asked of a service over the wire. */
export interface Check {
  /** What holds, as a sentence: "the same model and seed give the same points". */
  readonly name: string;
  /** Where in `proto/` it stands. */
  readonly source: string;
  readonly level: CheckLevel;
  /** Rejects with {@link CheckFailure} where it does not hold, with {@link CheckSkipped} where it cannot be asked. */
  run(): Promise<void>;
}

/** Thrown when a service does not do what the contract promises. */
export class CheckFailure extends Error {
  override name = 'CheckFailure';
  /** What the service did. */
  readonly wrong: string;
  /** What would be right. */
  readonly right: string;

  constructor(wrong: string, right: string) {
    super(`${wrong}; right would be ${right}`);
    this.wrong = wrong;
    this.right = right;
  }
}

/** Thrown when a service does not offer what a check asks about, and need not. */
export class CheckSkipped extends Error {
  override name = 'CheckSkipped';
}

/** Throws {@link CheckFailure} unless `holds`. */
export function must(holds: unknown, wrong: string, right: string): asserts holds {
  if (!holds) throw new CheckFailure(wrong, right);
}

/** Checks of one place of the contract. */
export interface CheckList {
  readonly checks: readonly Check[];
  /** Adds a check of what every caller relies on. */
  promise(name: string, run: () => Promise<void>): void;
  /** Adds a check of how a mistake of the caller is answered. */
  refusal(name: string, run: () => Promise<void>): void;
}

/** A list whose checks stand at `source`. */
export function listChecks(source: string): CheckList {
  const checks: Check[] = [];
  return {
    checks,
    promise: (name, run) => void checks.push({ name, source, level: 'contract', run }),
    refusal: (name, run) => void checks.push({ name, source, level: 'refusal', run }),
  };
}

/**
 * An answer that several checks look at, asked for once, by the first of them. That one reports what went wrong; the
 * others are skipped, so that one fault is one failure.
 */
export function sharedAnswer<T>(what: string, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return async () => {
    if (answer === undefined) return await (answer = ask());
    try {
      return await answer;
    } catch (error) {
      if (error instanceof CheckSkipped) throw error;
      throw new CheckSkipped(`needs ${what}, which failed above`);
    }
  };
}
