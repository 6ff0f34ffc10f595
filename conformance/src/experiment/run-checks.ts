import { type Backend, JobState } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { type Check, CheckSkipped, listChecks, must, sharedAnswer } from '../check.ts';
import type { SuiteOptions } from '../suite.ts';
import { ANGLES, CIRCUITS, type Experiments, productTask, ROWS, runToTheEnd, SHOTS } from './run-call.ts';

const CLOSE = 1e-9;
const STATISTICAL_SHOTS = 2048;
/** Standard errors of a frequency that are allowed. */
const ERRORS = 6;
/** The name of a state in the contract. */
const nameOf = (state: JobState | undefined): string =>
  Object.entries(JobState).find(([, value]) => value === state)?.[0] ?? String(state);
const ENDED: readonly JobState[] = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED];

/** Probability that q2, q0 are measured as an outcome: bit 0 is q2, which is R_y(x1), bit 1 is q0, which is R_y(x0 + zeta). */
const probability = ([x0, x1]: readonly [number, number], outcome: number): number => {
  const ones = [x1, x0 + ANGLES[0]].map((angle) => (1 - Math.cos(angle)) / 2);
  return ones.reduce((product, one, j) => product * ((outcome >> j) & 1 ? one : 1 - one), 1);
};

/** Checks of what one Run answers. */
export function runChecks(
  experiments: Experiments,
  options: SuiteOptions,
  backend: () => Promise<Backend>,
): readonly Check[] {
  const { deadlineMs, study } = options;
  const list = listChecks('experiment/v1/experiment.proto: ExperimentService.Run; Counts, JobUpdate, RunSummary');
  const run = sharedAnswer('a run', async () =>
    runToTheEnd(experiments, { backend: (await backend()).name, study, run: 'first' }, deadlineMs),
  );

  list.promise('a run begins with its quote, has each result once, and ends with its summary', async () => {
    const { counts, quote, summary } = await run();
    const given = counts.map(({ circuit, row }) => `${circuit}.${row}`).sort();
    must(
      given.join(', ') === '0.0, 0.1, 1.0',
      `the results are of ${given.join(', ')}`,
      '0.0, 0.1, 1.0: each circuit and row once',
    );
    must(!summary.cancelled, 'the run was cancelled', 'not cancelled');
    must(quote.executions === 3, `its quote has ${quote.executions} executions`, '3');
  });

  list.promise('the counts of a result sum to its shots, of outcomes that occurred, ascending', async () => {
    for (const { circuit, row, outcomes, counts } of (await run()).counts) {
      const name = `circuit ${circuit}, row ${row}`;
      const sum = counts.reduce((total, count) => total + count, 0);
      must(sum === SHOTS, `${name}: the counts sum to ${sum}`, String(SHOTS));
      must(
        outcomes.length === counts.length,
        `${name}: ${outcomes.length} outcomes have ${counts.length} counts`,
        'a count for each outcome',
      );
      must(
        counts.every((count) => count > 0),
        `${name}: a count is 0`,
        'only outcomes that occurred',
      );
      const numbers = outcomes.map(BigInt);
      const ascending = numbers.every((outcome, i) => i === 0 || numbers[i - 1] < outcome);
      must(ascending, `${name}: the outcomes are ${outcomes.join(', ')}`, 'ascending, each once');
    }
  });

  list.promise('bit j of an outcome is the j-th measured qubit', async () => {
    if (!(await isExact(backend))) throw new CheckSkipped('the backend has noise');
    const basis = (await run()).counts.find(({ circuit }) => circuit === 1);
    must(basis?.outcomes.join() === '3', `the outcomes of |011⟩ are ${basis?.outcomes.join(', ')}`, '3: bits 0 and 1');
  });

  list.promise('outcomes are as frequent as the state of their row says', async () => {
    if (!(await isExact(backend))) throw new CheckSkipped('the backend has noise');
    const settings = { backend: (await backend()).name, study, run: 'frequencies' };
    const { counts } = await runToTheEnd(experiments, settings, deadlineMs, [
      productTask(0, { shots: STATISTICAL_SHOTS }),
    ]);
    for (const { row, outcomes, counts: given } of counts) {
      for (let outcome = 0; outcome < 4; outcome++) {
        const at = outcomes.findIndex((one) => Number(one) === outcome);
        const share = (at < 0 ? 0 : given[at]) / STATISTICAL_SHOTS;
        const p = probability(ROWS[row], outcome);
        const within = ERRORS * Math.sqrt((p * (1 - p)) / STATISTICAL_SHOTS);
        must(
          Math.abs(share - p) <= within,
          `outcome ${outcome} of row ${row} has the share ${share}`,
          `${p} within ${within}`,
        );
      }
    }
  });

  list.promise('each job is reported until it ends, and has the results that name it', async () => {
    const { jobs, counts, summary } = await run();
    const states = new Map<number, JobState[]>();
    for (const { job, state } of jobs) states.set(job, [...(states.get(job) ?? []), state]);
    for (const [job, all] of states) {
      const names = all.map(nameOf).join(', ');
      must(ENDED.includes(all.at(-1) ?? 0), `job ${job} is ${names}`, 'COMPLETED, FAILED or CANCELLED last');
      const rises = all.every((state, i) => state > 0 && (i === 0 || all[i - 1] < state));
      must(rises, `job ${job} is ${names}`, 'INTENDED, QUEUED, RUNNING and an end, in this order, each at most once');
    }
    for (const { job } of counts) {
      const state = states.get(job)?.at(-1);
      must(
        state === JobState.COMPLETED,
        `a result names job ${job}, which is ${nameOf(state)}`,
        'a job that completed',
      );
    }
    must(
      states.size === summary.jobs,
      `${states.size} jobs are reported, and ${summary.jobs} in the summary`,
      'the same number',
    );
  });

  list.promise('the summary has the cost of all jobs, within the quote, and the shots that were taken', async () => {
    const { jobs, quote, summary, counts } = await run();
    const costs = new Map(jobs.map(({ job, cost }) => [job, cost]));
    const sum = [...costs.values()].reduce((total, cost) => total + cost, 0);
    must(Math.abs(summary.cost - sum) <= CLOSE, `the summary has the cost ${summary.cost}`, `${sum}, that of its jobs`);
    const most = quote.cost?.high ?? 0;
    must(summary.cost <= most + CLOSE, `the run cost ${summary.cost}`, `at most ${most}, the upper end of its quote`);
    must(
      Number(summary.shots) === counts.length * SHOTS,
      `the summary has ${summary.shots} shots`,
      String(counts.length * SHOTS),
    );
  });

  list.promise('the quote of a run is that of Quote', async () => {
    const { quote } = await run();
    const asked = await experiments.quote({ backend: (await backend()).name, circuits: [...CIRCUITS] }, { deadlineMs });
    for (const field of ['jobs', 'executions', 'shots', 'unit'] as const) {
      must(
        String(quote[field]) === String(asked[field]),
        `${field} of the run's quote is ${quote[field]}`,
        `${asked[field]}, as Quote says`,
      );
    }
  });
  return list.checks;
}

/** Whether results of a backend are those of the circuits, without noise: it is simulated, and has no calibration. */
async function isExact(backend: () => Promise<Backend>): Promise<boolean> {
  const { simulated, calibration } = await backend();
  return simulated && calibration === undefined;
}
