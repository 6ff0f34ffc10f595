import type { ChaosOutcome } from './chaos.ts';

/** What is wrong with an outcome; `outcomes` are the right ones of the seven circuits. */
export function problemsOf(
  { vendor, run, counts, ended, caps, mostCommitted }: ChaosOutcome,
  outcomes: readonly number[],
): string[] {
  const problems: string[] = [];
  const tokens = vendor.jobs.map(({ token }) => token);
  if (new Set(tokens).size !== tokens.length) problems.push('a job was paid for twice');
  const known = new Map(run.jobs.map((job) => [job.id, job.end]));
  for (const { id, cost } of vendor.jobs) {
    const end = known.get(id);
    if (end === undefined) problems.push(`job ${id} is lost`);
    else if (end.cost !== cost) problems.push(`job ${id} was charged ${cost}, and the journal has ${end.cost}`);
  }
  const rounding = 1 + 1e-12;
  if (vendor.charged() > caps.cost * rounding || mostCommitted > caps.cost * rounding)
    problems.push('the budget is exceeded');
  if (run.shots > caps.shots) problems.push('the budget of shots is exceeded');
  if (ended === 'completed') {
    const got = counts?.map(({ circuit, row, outcomes: found }) => [4 * circuit + row, Number(found[0])]) ?? [];
    const expected = outcomes.map((value, i) => [i, value]);
    if (JSON.stringify(got.sort()) !== JSON.stringify(expected))
      problems.push(`the results are ${JSON.stringify(got)}`);
  }
  return problems;
}
