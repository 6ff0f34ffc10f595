/**
 * Kind of a check: `contract` is what every caller relies on; `refusal` is the answer to a caller's mistake, which a
 * study with correct callers never gets.
 */
type CheckLevel = 'contract' | 'refusal';

/** One promise of the contract, checked with calls of a service. */
export interface Check {
  /** The promise, as a sentence: "the same model and seed give the same points". */
  readonly name: string;
  /** Its place in `proto/`. */
  readonly source: string;
  readonly level: CheckLevel;
  /** Rejects with {@link CheckFailure} if it does not hold, with {@link CheckSkipped} if it cannot be checked. */
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

/** Thrown when a service does not offer the subject of a check, and need not. */
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
  /** Adds a check of kind `contract`. */
  promise(name: string, run: () => Promise<void>): void;
  /** Adds a check of how a mistake of the caller is answered. */
  refusal(name: string, run: () => Promise<void>): void;
}

/** A list of checks with the place `source` in the contract. */
export function listChecks(source: string): CheckList {
  const checks: Check[] = [];
  return {
    checks,
    promise: (name, run) => void checks.push({ name, source, level: 'contract', run }),
    refusal: (name, run) => void checks.push({ name, source, level: 'refusal', run }),
  };
}

/**
 * An answer that several checks share. The first of them makes the call and reports its failure; the others are then
 * skipped, so that one fault is one failure.
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
