import type { BackendLimits } from '../backend/backend.ts';

/** Limits that decide how executions are put into jobs. */
export type PackingLimits = Pick<BackendLimits, 'maxExecutions' | 'maxJobShots' | 'sameShots'>;

/** Executions of one number of shots that wait to be packed, in order. */
interface Group {
  readonly shots: number;
  readonly indices: number[];
}

/** Steps of the exact search; beyond them the best packing so far is used. */
const SEARCH_STEPS = 20_000;

/** So many numbers of jobs from the lower bound are tried by dealing executions out evenly. */
const MOST_BALANCED = 8;

/** Up to this many executions of different shots are searched exactly. */
const MOST_SEARCHED = 24;

/**
 * Puts executions into jobs: lists of indices into `shots`, each ascending, the lists in the order of their first index. Every
 * execution is in one job. Where all executions of a job have the same shots, by the limits or because there are no others, the
 * number of jobs is the least possible: for each number of shots s, ⌈n / min(maxExecutions, ⌊maxJobShots / s⌋)⌉. Executions of
 * different shots in one job are bin packing with a bound on the items of a bin: the better of first fit decreasing and of dealing
 * them out evenly, and for up to 24 executions an exact search where that is more than the lower bound.
 *
 * @param shots of each execution; each alone is within `maxJobShots`
 */
export function pack(shots: readonly number[], limits: PackingLimits): number[][] {
  const groups = groupByShots(shots);
  const jobs =
    limits.sameShots || groups.length === 1
      ? groups.flatMap((group) => slices(group, limits))
      : mixed(groups, shots, limits);
  for (const job of jobs) job.sort((a, b) => a - b);
  return jobs.sort((a, b) => a[0] - b[0]);
}

/** The fewest jobs that any packing needs, by the number of executions and by the sum of shots. */
export function lowerBound(shots: readonly number[], limits: PackingLimits): number {
  const { maxExecutions = Number.POSITIVE_INFINITY, maxJobShots = Number.POSITIVE_INFINITY } = limits;
  const total = shots.reduce((sum, value) => sum + value, 0);
  return Math.max(Math.ceil(shots.length / maxExecutions), Math.ceil(total / maxJobShots), shots.length > 0 ? 1 : 0);
}

function groupByShots(shots: readonly number[]): Group[] {
  const groups = new Map<number, Group>();
  shots.forEach((value, index) => {
    const group = groups.get(value) ?? { shots: value, indices: [] };
    group.indices.push(index);
    groups.set(value, group);
  });
  // Largest first.
  return [...groups.values()].sort((a, b) => b.shots - a.shots);
}

function slices({ shots, indices }: Group, { maxExecutions, maxJobShots }: PackingLimits): number[][] {
  const most = Math.min(maxExecutions ?? indices.length, Math.floor((maxJobShots ?? shots * indices.length) / shots));
  const jobs: number[][] = [];
  for (let from = 0; from < indices.length; from += most) jobs.push(indices.slice(from, from + most));
  return jobs;
}

function mixed(groups: readonly Group[], shots: readonly number[], limits: PackingLimits): number[][] {
  const bound = lowerBound(shots, limits);
  let found = firstFitDecreasing(groups, limits);
  for (let jobs = bound; jobs < Math.min(found.length, bound + MOST_BALANCED); jobs++) {
    const even = balanced(groups, limits, jobs);
    if (even === undefined) continue;
    found = even;
    break;
  }
  return shots.length > MOST_SEARCHED || found.length === bound ? found : search(groups, limits, found, bound);
}

/**
 * The executions over `count` jobs, as even in number and in shots as dealing makes them: largest first, in rounds of one for each
 * job, in which the job with most room gets the largest. Undefined where a job would exceed the limits.
 */
function balanced(groups: readonly Group[], limits: PackingLimits, count: number): number[][] | undefined {
  const { maxExecutions = Number.POSITIVE_INFINITY, maxJobShots = Number.POSITIVE_INFINITY } = limits;
  const items = groups.flatMap(({ shots, indices }) => indices.map((index) => ({ index, shots })));
  if (Math.ceil(items.length / count) > maxExecutions) return undefined;
  const bins = Array.from({ length: count }, () => ({ indices: [] as number[], taken: 0 }));
  for (let from = 0; from < items.length; from += count) {
    bins.sort((a, b) => a.taken - b.taken);
    for (let i = 0; i < count && from + i < items.length; i++) {
      const { index, shots } = items[from + i];
      bins[i].indices.push(index);
      bins[i].taken += shots;
      if (bins[i].taken > maxJobShots) return undefined;
    }
  }
  return bins.map(({ indices }) => indices);
}

/** An open job. */
interface Bin {
  readonly indices: number[];
  room: number;
}

/**
 * First fit decreasing. Equal executions are put into a job together, so that the work is the number of different shots times the
 * number of jobs.
 */
function firstFitDecreasing(groups: readonly Group[], limits: PackingLimits): number[][] {
  const { maxExecutions = Number.POSITIVE_INFINITY, maxJobShots = Number.POSITIVE_INFINITY } = limits;
  const bins: Bin[] = [];
  /** Bins before it are full for every group that is still to come. */
  let first = 0;
  const smallest = groups[groups.length - 1].shots;
  for (const { shots, indices } of groups) {
    let at = 0;
    for (let b = first; at < indices.length; b++) {
      if (b === bins.length) bins.push({ indices: [], room: maxJobShots });
      const bin = bins[b];
      const count = Math.min(indices.length - at, maxExecutions - bin.indices.length, Math.floor(bin.room / shots));
      for (let i = 0; i < count; i++) bin.indices.push(indices[at + i]);
      at += count;
      bin.room -= count * shots;
    }
    while (first < bins.length && (bins[first].room < smallest || bins[first].indices.length >= maxExecutions)) first++;
  }
  return bins.map((bin) => bin.indices);
}

/** Depth-first search for fewer jobs than `best`: each execution, largest first, goes to each distinct job that has room, or to a new one. */
function search(groups: readonly Group[], limits: PackingLimits, best: number[][], bound: number): number[][] {
  const { maxExecutions = Number.POSITIVE_INFINITY, maxJobShots = Number.POSITIVE_INFINITY } = limits;
  const items = groups.flatMap(({ shots, indices }) => indices.map((index) => ({ index, shots })));
  const bins: Bin[] = [];
  let found = best;
  let steps = 0;
  const visit = (next: number): void => {
    if (found.length === bound || steps++ > SEARCH_STEPS || bins.length >= found.length) return;
    if (next === items.length) {
      found = bins.map(({ indices }) => [...indices]);
      return;
    }
    const { index, shots } = items[next];
    const tried = new Set<string>();
    for (const bin of bins) {
      const same = `${bin.room}/${bin.indices.length}`;
      if (bin.room < shots || bin.indices.length >= maxExecutions || tried.has(same)) continue;
      tried.add(same);
      bin.indices.push(index);
      bin.room -= shots;
      visit(next + 1);
      bin.indices.pop();
      bin.room += shots;
    }
    if (bins.length + 1 < found.length) {
      bins.push({ indices: [index], room: maxJobShots - shots });
      visit(next + 1);
      bins.pop();
    }
  };
  visit(0);
  return found;
}
