/** Replicates that are kept: the jobs of one are neighbours, and few run at once. */
const KEPT = 4;

/**
 * Keeps the replicates that were asked for last, so that a replicate is drawn once and not once for each of its arms. One whose
 * draw failed is drawn again.
 */
export function recentReplicates<Replicate>(
  draw: (index: number) => Promise<Replicate>,
  kept = KEPT,
): (index: number) => Promise<Replicate> {
  const recent = new Map<number, Promise<Replicate>>();
  return (index) => {
    const replicate = recent.get(index) ?? draw(index);
    recent.delete(index);
    recent.set(index, replicate);
    if (recent.size > kept) recent.delete(recent.keys().next().value as number);
    replicate.catch(() => {
      if (recent.get(index) === replicate) recent.delete(index);
    });
    return replicate;
  };
}
