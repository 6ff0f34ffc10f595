/** The longest wait before a step is tried again. Unit: milliseconds. */
const LONGEST_MS = 10_000;

/** Wait before the next try of a step that has failed `faults` times in a row, from 1. Unit: milliseconds. */
export function retryDelayMs(faults: number): number {
  return Math.min(LONGEST_MS, 200 * 2 ** Math.min(faults, 10));
}
