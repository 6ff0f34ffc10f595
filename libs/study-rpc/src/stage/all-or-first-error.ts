/**
 * Runs `run` for all items at once; resolves to the results in order. The first error aborts the signal of the others,
 * and is thrown once all of them have ended, because their cancellations do not show the cause.
 */
export async function allOrFirstError<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  run: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const results = items.map((item) => run(item, either));
  try {
    return await Promise.all(results);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(results);
    throw error;
  }
}
