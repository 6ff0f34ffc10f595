/**
 * Runs `run` for all items at once; resolves to what came of each, in order. The first error aborts the signal of the others, and is
 * what is thrown once all of them have ended: their cancellations say nothing of what went wrong.
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
