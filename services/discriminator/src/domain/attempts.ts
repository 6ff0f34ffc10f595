import { StaleAttemptError } from './errors.ts';

/** A fit for which a critic trains; at most one attempt at it is current. */
interface FitIdentity {
  readonly study: string;
  /** Absent for the final evaluation. */
  readonly episode?: number;
  /** Fold, or draw of the final evaluation. */
  readonly fold: number;
}

/** The claim of one attempt to train a critic. */
export interface AttemptClaim {
  /** Throws {@link StaleAttemptError} once a later attempt at the same fit has been seen. */
  require(): void;
}

/**
 * Registry of the latest attempt at each fit, so that an abandoned worker cannot continue concurrently with its
 * successor.
 */
export interface AttemptRegistry {
  /** Throws {@link StaleAttemptError} if a later attempt has been seen. */
  claim(fit: FitIdentity, attempt: number): AttemptClaim;
}

/** Number of fits that are kept; the one claimed least recently is dropped first. */
const REMEMBERED = 10_000;

/** Creates an empty registry. */
export function createAttemptRegistry(remembered = REMEMBERED): AttemptRegistry {
  const latest = new Map<string, number>();
  return {
    claim({ study, episode, fold }, attempt) {
      const name = `${study}, episode ${episode ?? 'none'}, fold ${fold}`;
      const require = () => {
        const seen = latest.get(name) ?? attempt;
        if (attempt < seen)
          throw new StaleAttemptError(`${name}: attempt ${attempt} is stale; attempt ${seen} was seen`);
      };
      require();
      latest.delete(name);
      latest.set(name, attempt);
      if (latest.size > remembered) latest.delete(latest.keys().next().value as string);
      return { require };
    },
  };
}
