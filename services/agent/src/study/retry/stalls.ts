/** Longest text of one reason. */
const LONGEST_REASON = 300;

/** Steps of a study that fail now and are tried again, with the reason of each. */
export interface Stalls {
  /** Notes that `step` has failed, and why. */
  note(step: string, error: unknown): void;
  /** Notes that `step` fails no longer: it was done, or nobody tries it any more. */
  clear(step: string): void;
  /** Forgets every step. */
  clearAll(): void;
  /** The step that stalled first, its reason, and how many more there are; undefined where nothing is stalled. */
  text(): string | undefined;
  /** Resolves when {@link Stalls.text} changes next. */
  changed(): Promise<void>;
}

/** No step has stalled yet. */
export function createStalls(): Stalls {
  const reasons = new Map<string, string>();
  let shown: string | undefined;
  let next = Promise.withResolvers<void>();

  const text = (): string | undefined => {
    const [first] = reasons;
    if (first === undefined) return undefined;
    const [step, reason] = first;
    return reasons.size === 1 ? `${step}: ${reason}` : `${step}: ${reason} (and ${reasons.size - 1} more)`;
  };
  const tell = (): void => {
    if (text() === shown) return;
    shown = text();
    next.resolve();
    next = Promise.withResolvers<void>();
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
    changed: () => next.promise,
  };
}

/** The message of an error on one line; its name where it has none. */
function reasonOf(error: unknown): string {
  const message = (error instanceof Error ? error.message || error.name : String(error)).replaceAll(/\s+/g, ' ');
  return message.length <= LONGEST_REASON ? message : `${message.slice(0, LONGEST_REASON - 1)}…`;
}
