import type { ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { type Journal, rightExperiment } from '../testing/experiment/right-experiment.ts';
import { WRONG_JOURNALS } from '../testing/experiment/wrong-journals.ts';
import { WRONG_RUNS } from '../testing/experiment/wrong-runs.ts';
import { changing } from '../testing/mutation.ts';
import { failuresOf, findingOf, runSuiteOn } from '../testing/run-suite.ts';

/** A service that has only backends that cost something, or are devices. */
const withoutFreeBackend = (right: ServiceBinding): ServiceBinding =>
  changing('listBackends', {
    response: ({ backends }) => ({ backends: backends.filter(({ name }: { name: string }) => name !== 'free') }),
  })(right, 0);

/** Instances that share a journal. */
function overOneJournal() {
  const journal: Journal = new Map();
  return () => rightExperiment(journal);
}

describe('the checks of an experiment service', () => {
  it.each([
    ['free', /is free|hyperparameter/],
    ['priced', /hyperparameter/],
  ])('pass a right one on the backend %s', async (backend, unoffered) => {
    const settings = new Map([['backend', backend]]);
    const results = await runSuiteOn('experiment', overOneJournal(), { settings });
    expect(failuresOf(results)).toEqual([]);
    for (const { outcome, reason } of results) if (outcome === 'skipped') expect(reason).toMatch(unoffered);
    expect(results.length).toBeGreaterThan(40);
  });

  it('run nothing on a backend that is not free or not simulated', async () => {
    const right = overOneJournal();
    const results = await runSuiteOn('experiment', () => withoutFreeBackend(right()));
    const reasons = results
      .filter(({ name }) => name.startsWith('a run'))
      .map(({ outcome, reason }) => `${outcome} ${reason}`);
    expect(new Set(reasons.map((reason) => reason.replace(/;.*|\(.*/, '')))).toEqual(
      new Set(['skipped no backend is simulated, online and free of charge']),
    );
  });

  it.each([...WRONG_RUNS, ...WRONG_JOURNALS])('find one that $fault', async (wrong) => {
    expect(await findingOf('experiment', overOneJournal(), wrong)).toMatch(wrong.found[1]);
  });
});
