import { StaleAttemptError } from './errors.ts';

/** A fit that a critic serves: at most one attempt at it is the current one. */
interface FitIdentity {
  readonly study: string;
  /** Absent for the final evaluation. */
  readonly episode?: number;
  /** Fold, or draw of the final evaluation. */
  readonly fold: number;
}

/** The right of one attempt to train a critic. */
export interface AttemptClaim {
  /** Throws {@link StaleAttemptError} once a later attempt at the same fit has been seen. */
  require(): void;
}

/** Remembers the latest attempt at each fit, so that a worker that was given up cannot go on beside its successor. */
export interface AttemptRegistry {
  /** Throws {@link StaleAttemptError} when a later attempt was seen before. */
  claim(fit: FitIdentity, attempt: number): AttemptClaim;
}

/** Fits that are remembered; the one claimed longest ago is forgotten first. */
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
