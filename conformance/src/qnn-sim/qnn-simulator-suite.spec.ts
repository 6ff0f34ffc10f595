import { rightSimulator } from '../testing/qnn-sim/right-simulator.ts';
import { WRONG_SIMULATORS } from '../testing/qnn-sim/wrong-simulators.ts';
import { failuresOf, findingOf, runSuiteOn } from '../testing/run-suite.ts';

describe('the checks of a simulator', () => {
  it('pass a right one, and skip what it need not have', async () => {
    const results = await runSuiteOn('qnn-sim', rightSimulator);
    expect(failuresOf(results)).toEqual([]);
    const skipped = results.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason);
    for (const reason of skipped)
      expect(reason).toMatch(/no hyperparameter|Expectation is not offered|number of parameters/);
  });

  it.each(WRONG_SIMULATORS)('find one that $fault', async (wrong) => {
    expect(await findingOf('qnn-sim', rightSimulator, wrong)).toMatch(wrong.found[1]);
  });
});
