import fc from 'fast-check';
import { lowerBound, type PackingLimits, pack } from './pack.ts';

/** The fewest jobs over all partitions of the executions: every one is tried. */
function fewestByForce(shots: readonly number[], { maxExecutions, maxJobShots, sameShots }: PackingLimits): number {
  let fewest = shots.length;
  const jobs: number[][] = [];
  const visit = (next: number): void => {
    if (jobs.length >= fewest && next < shots.length) return;
    if (next === shots.length) {
      fewest = Math.min(fewest, jobs.length);
      return;
    }
    for (const job of [...jobs]) {
      const total = job.reduce((sum, value) => sum + value, 0);
      if (job.length === maxExecutions || total + shots[next] > (maxJobShots ?? Infinity)) continue;
      if (sameShots && job[0] !== shots[next]) continue;
      job.push(shots[next]);
      visit(next + 1);
      job.pop();
    }
    jobs.push([shots[next]]);
    visit(next + 1);
    jobs.pop();
  };
  visit(0);
  return shots.length === 0 ? 0 : fewest;
}

/** One sum over the numbers of shots. */
function fewestOfSameShots(shots: readonly number[], limits: PackingLimits): number {
  return [...new Set(shots)].reduce((sum, value) => {
    const n = shots.filter((one) => one === value).length;
    const most = Math.min(limits.maxExecutions ?? n, Math.floor((limits.maxJobShots ?? value * n) / value));
    return sum + Math.ceil(n / most);
  }, 0);
}

const LIMITS = fc.record({
  maxExecutions: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  maxJobShots: fc.option(fc.integer({ min: 12, max: 30 }), { nil: undefined }),
  sameShots: fc.boolean(),
});

function checkPacking(shots: readonly number[], limits: PackingLimits, jobs: readonly (readonly number[])[]): void {
  expect(jobs.flat().sort((a, b) => a - b)).toEqual(shots.map((_, i) => i));
  for (const job of jobs) {
    expect(job.length).toBeLessThanOrEqual(limits.maxExecutions ?? Infinity);
    expect(job.reduce((sum, i) => sum + shots[i], 0)).toBeLessThanOrEqual(limits.maxJobShots ?? Infinity);
    if (limits.sameShots) expect(new Set(job.map((i) => shots[i])).size).toBe(1);
    expect(job).toEqual([...job].sort((a, b) => a - b));
  }
}

describe('pack', () => {
  it('uses the fewest jobs that any partition has', () => {
    const shots = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(shots, LIMITS, (given, limits) => {
        const jobs = pack(given, limits);
        checkPacking(given, limits, jobs);
        expect(jobs).toHaveLength(fewestByForce(given, limits));
      }),
    );
  });

  it('keeps the limits; with the same shots it is exact, else within twice the lower bound', () => {
    const shots = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(shots, LIMITS, (given, limits) => {
        const jobs = pack(given, limits);
        checkPacking(given, limits, jobs);
        if (limits.sameShots) expect(jobs).toHaveLength(fewestOfSameShots(given, limits));
        // At most one job is less than half full of shots unless it is full of executions.
        else expect(jobs.length).toBeLessThanOrEqual(2 * lowerBound(given, limits) + 2);
      }),
      { numRuns: 50 },
    );
  });

  it('packs 10,000 executions into the lower bound of jobs', () => {
    const shots = Array.from({ length: 10_000 }, (_, i) => 100 + ((i * 7919) % 901));
    const limits = { maxExecutions: 300, maxJobShots: 100_000, sameShots: false };
    const jobs = pack(shots, limits);
    checkPacking(shots, limits, jobs);
    expect(jobs).toHaveLength(lowerBound(shots, limits));
  });

  it('puts one execution into each job where a job holds no more', () => {
    const jobs = pack(
      Array.from({ length: 10_000 }, () => 100),
      { maxExecutions: 1, sameShots: true },
    );
    expect(jobs).toHaveLength(10_000);
  });
});
