/** Maximum length of one reason. */
const LONGEST_REASON = 300;

/** Steps of a study that currently fail and are tried again, with the reason of each. */
export interface Stalls {
  /** Records that `step` has failed, and why. */
  note(step: string, error: unknown): void;
  /** Records that `step` no longer fails: it was done, or is not tried any more. */
  clear(step: string): void;
  /** Forgets every step. */
  clearAll(): void;
  /** The step that stalled first, its reason, and the number of others; undefined if none is stalled. */
  text(): string | undefined;
  /** Calls `listener` whenever {@link Stalls.text} changes, until the function that is returned is called. */
  subscribe(listener: () => void): () => void;
}

/** Creates a record without stalled steps. */
export function createStalls(): Stalls {
  const reasons = new Map<string, string>();
  let shown: string | undefined;
  const listeners = new Set<() => void>();

  const text = (): string | undefined => {
    const [first] = reasons;
    if (first === undefined) return undefined;
    const [step, reason] = first;
    return reasons.size === 1 ? `${step}: ${reason}` : `${step}: ${reason} (and ${reasons.size - 1} more)`;
  };
  const tell = (): void => {
    if (text() === shown) return;
    shown = text();
    for (const listener of [...listeners]) listener();
  };

  return {
    note(step, error) {
      reasons.set(step, reasonOf(error));
      tell();
    },
    clear(step) {
      reasons.delete(step);
      tell();
    },
    clearAll() {
      reasons.clear();
      tell();
    },
    text,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The message of an error on one line; its name if it has none. */
function reasonOf(error: unknown): string {
  const message = (error instanceof Error ? error.message || error.name : String(error)).replaceAll(/\s+/g, ' ');
  return message.length <= LONGEST_REASON ? message : `${message.slice(0, LONGEST_REASON - 1)}…`;
}
