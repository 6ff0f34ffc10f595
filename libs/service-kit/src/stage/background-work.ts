/** Work besides calls that runs as long as the service does: a stage worker, the agent's studies. */
export interface BackgroundWork {
  /** Starts; called once the server is up. `self` is the target of this very process. */
  start(self: string): void;
  /**
   * Calls `listener` with the reason when the work cannot go on for now, and with undefined when it can. Present where the
   * service is not ready meanwhile.
   */
  readonly watchTrouble?: (listener: (problem: string | undefined) => void) => void;
  /** Takes nothing new; finishes what is in flight, or hands it back when `timeoutMs` is over. */
  drain(timeoutMs: number): Promise<void>;
  /** Rejects when the work cannot continue; the service then exits with code 1. */
  readonly done: Promise<void>;
}
