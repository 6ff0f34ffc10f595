/** Handlers of each stage over all replicas, and the studies that share them. */
export interface Replicas {
  /** Episodes that the replicas of each service can work on at once. */
  readonly fit: number;
  readonly assess: number;
  readonly evaluate: number;
  /** Studies that run on all agents of the log. */
  readonly studies: number;
}

/** What is known before the replicas are counted. */
export const NO_REPLICAS: Replicas = { fit: 0, assess: 0, evaluate: 0, studies: 0 };

/** Episodes and jobs that are in flight even where no replica is seen: they are the demand that starts the first one. */
const LEAST = 2;

/** The parts of a study's settings that bound its parallelism. */
export interface SearchShape {
  readonly batchSize: number;
  readonly staleness: number;
  /** 0: derived from the replicas. */
  readonly inFlight: number;
}

/**
 * Episodes that a study has in flight. If it sets no number: as many as keep every replica busy and one more waiting for each
 * generator, so that a generator never waits for the agent and an autoscaler sees when more are needed. An episode is with a
 * generator first, and then with a discriminator and a simulator at once: fit + max(assess, evaluate) are at work.
 * Studies that run at the same time share the replicas.
 */
export function episodesInFlight(replicas: Replicas, { inFlight }: Pick<SearchShape, 'inFlight'>): number {
  return inFlight > 0 ? inFlight : share(replicas, replicas.fit + atWork(replicas));
}

/** Jobs of a final evaluation that run at once: each is with a generator or with a simulator. */
export function jobsInFlight(replicas: Replicas): number {
  return share(replicas, replicas.fit + replicas.evaluate);
}

/**
 * Why a search leaves replicas idle, and what would use them; undefined if it does not. Batch b waits for the batches before
 * b − staleness, so that (staleness + 1) batches are the most that can be in flight.
 */
export function idleReplicas(replicas: Replicas, { batchSize, staleness, inFlight }: SearchShape): string | undefined {
  const usable = share(replicas, atWork(replicas));
  const bound = (staleness + 1) * batchSize;
  const used = inFlight > 0 ? Math.min(inFlight, bound) : bound;
  if (used >= usable) return undefined;
  const most = `at most ${used} episodes at once, and the replicas could work on ${usable}`;
  if (used < bound) return `${most}: inFlight is ${inFlight}; inFlight: auto would use them`;
  return `${most}: a batch has ${batchSize}; batch: ${Math.ceil(usable / (staleness + 1))} would use them`;
}

function atWork({ fit, assess, evaluate }: Replicas): number {
  return fit + Math.max(assess, evaluate);
}

function share({ studies }: Replicas, total: number): number {
  return Math.max(LEAST, Math.ceil(total / Math.max(1, studies)));
}
