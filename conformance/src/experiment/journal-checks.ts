import { status } from '@grpc/grpc-js';
import type {
  Backend,
  CircuitTask,
  ExperimentServiceService,
  RunSettings,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { type Check, CheckSkipped, listChecks, must } from '../check.ts';
import type { Instances } from '../shared/instances.ts';
import { mustRefuse } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import { ALL_SHOTS, basisTask, CIRCUITS, type FinishedRun, productTask, runToTheEnd, SHOTS } from './run-call.ts';

/** A run's results, without when and by which process they came. */
export const resultsOf = ({ counts }: FinishedRun): string =>
  counts
    .map(
      ({ circuit, row, outcomes, counts: times }) =>
        `${circuit}.${row}: ${outcomes.map((outcome, i) => `${outcome} ${times[i]}`).join(', ')}`,
    )
    .sort()
    .join('; ');

/** Checks of what is paid for once: repetition of a run, budgets, cancellation. */
export function journalChecks(
  instances: Instances<typeof ExperimentServiceService>,
  { deadlineMs, study }: SuiteOptions,
  backend: () => Promise<Backend>,
): readonly Check[] {
  const list = listChecks('experiment/v1/experiment.proto: ExperimentService.Run, Cancel; Budget');
  const { first: experiments } = instances;
  let studies = 0;
  /** A study of a check's own. */
  const fresh = () => `${study}-${studies++}`;
  const run = async (settings: Partial<RunSettings>, circuits: readonly CircuitTask[] = CIRCUITS, at = experiments) =>
    runToTheEnd(at, { backend: (await backend()).name, run: 'one', ...settings }, deadlineMs, circuits);
  const shots = (most: number): RunSettings['budget'] => ({ cost: undefined, shots: BigInt(most) });
  const refused = (call: Promise<unknown>) => mustRefuse(call, status.FAILED_PRECONDITION);
  const cancel = (name: string, of = 'one') => experiments.cancel({ study: name, run: of }, { deadlineMs });

  list.promise('a run that is repeated has the results that were paid for, and pays for no more', async () => {
    const name = fresh();
    const budget = shots(ALL_SHOTS);
    const once = await run({ study: name, budget });
    const again = await run({ study: name, budget });
    must(resultsOf(again) === resultsOf(once), `the repeated run has ${resultsOf(again)}`, resultsOf(once));
    const { cost, jobs } = once.summary;
    const same =
      again.summary.cost === cost &&
      again.summary.jobs === jobs &&
      String(again.summary.shots) === String(once.summary.shots);
    must(
      same,
      `after it ${again.summary.jobs} jobs cost ${again.summary.cost}`,
      `${jobs} jobs that cost ${cost}, as before`,
    );
  });

  list.promise('runs of the same name at the same time are one run', async () => {
    const settings = { study: fresh(), budget: shots(ALL_SHOTS) };
    const [one, other] = await Promise.all([run(settings), run(settings)]);
    must(resultsOf(one) === resultsOf(other), `one has ${resultsOf(one)}`, `as the other: ${resultsOf(other)}`);
    must(
      one.summary.jobs === other.summary.jobs,
      `${one.summary.jobs} and ${other.summary.jobs} jobs were submitted`,
      'the same number',
    );
  });

  const others: readonly [string, Partial<RunSettings>, readonly CircuitTask[]][] = [
    ['other circuits', {}, [basisTask(0)]],
    ['other shots', {}, [productTask(0, { shots: SHOTS + 1 }), basisTask(1)]],
    ['another seed', { seed: 6 }, CIRCUITS],
  ];
  for (const [what, settings, circuits] of others) {
    list.promise(`a run of the same name with ${what} is FAILED_PRECONDITION`, async () => {
      const name = fresh();
      await run({ study: name });
      await refused(run({ study: name, ...settings }, circuits));
    });
  }

  list.promise('a run of more shots than the budget is FAILED_PRECONDITION, and nothing is submitted', async () => {
    const name = fresh();
    await refused(run({ study: name, budget: shots(ALL_SHOTS - 1) }));
    const { summary } = await run({ study: name, budget: shots(ALL_SHOTS) });
    must(
      Number(summary.shots) === ALL_SHOTS,
      `after it, with enough budget, ${summary.shots} shots were taken`,
      String(ALL_SHOTS),
    );
  });

  list.promise('a budget is that of all runs of a study, and of no other study', async () => {
    const name = fresh();
    const budget = shots(ALL_SHOTS + SHOTS);
    await run({ study: name, budget });
    await refused(run({ study: name, run: 'two', budget }));
    await run({ study: name, run: 'three', budget }, [basisTask(0)]);
    await refused(run({ study: name, run: 'four', budget }, [basisTask(0, 1)]));
    await run({ study: fresh(), budget });
  });

  list.promise('a run that may cost more than the budget is FAILED_PRECONDITION', async () => {
    const { quote } = await run({ study: fresh() });
    const most = quote.cost?.high ?? 0;
    if (most === 0)
      throw new CheckSkipped('the backend is free; --set backend=NAME names a simulated one with a price');
    const name = fresh();
    await refused(run({ study: name, budget: { cost: most / 2, shots: undefined } }));
    await run({ study: name, budget: { cost: most, shots: undefined } });
    await refused(run({ study: name, run: 'two', budget: { cost: 1.5 * most, shots: undefined } }));
  });

  list.promise('the cancellation of an ended run changes nothing', async () => {
    const name = fresh();
    const once = await run({ study: name });
    const { cost, cancelledJobs } = await cancel(name);
    must(cancelledJobs === 0, `${cancelledJobs} jobs were cancelled of a run that had ended`, '0');
    must(cost === once.summary.cost, `the run has cost ${cost}`, `${once.summary.cost}, as its summary said`);
    const again = await run({ study: name });
    must(resultsOf(again) === resultsOf(once), 'after it the run has other results', 'those that were paid for');
    must(!again.summary.cancelled, 'after it the run is cancelled', 'ended, as before');
  });

  list.promise('the cancellation of a run that is not there is NOT_FOUND', async () => {
    const name = fresh();
    await mustRefuse(cancel(name), status.NOT_FOUND);
    await run({ study: name });
    await mustRefuse(cancel(name, 'two'), status.NOT_FOUND);
  });

  list.promise('a run at a second instance of the same log has the results that the first paid for', async () => {
    const second = instances.second();
    const settings = { study: fresh(), budget: shots(ALL_SHOTS) };
    const once = await run(settings);
    // The budget is used, also at an instance that has run nothing yet.
    await refused(run({ ...settings, run: 'two' }, [basisTask(0)], second));
    const again = await run(settings, CIRCUITS, second);
    must(resultsOf(again) === resultsOf(once), `the second instance has ${resultsOf(again)}`, resultsOf(once));
    must(
      again.summary.jobs === once.summary.jobs,
      `after it ${again.summary.jobs} jobs were submitted`,
      `${once.summary.jobs}, as before`,
    );
  });
  return list.checks;
}
