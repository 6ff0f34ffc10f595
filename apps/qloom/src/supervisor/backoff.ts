/** How long to wait before a crashed service starts again. */
export interface BackoffOptions {
  /** Wait after the first crash. Unit: milliseconds. */
  readonly firstMs: number;
  /** Longest wait. Unit: milliseconds. */
  readonly maximumMs: number;
}

/** `firstMs · 2^(crashes − 1)`, at most `maximumMs`; 0 for no crash. */
export function backoffMs(crashes: number, { firstMs, maximumMs }: BackoffOptions): number {
  return crashes <= 0 ? 0 : Math.min(maximumMs, firstMs * 2 ** Math.min(crashes - 1, 30));
}
