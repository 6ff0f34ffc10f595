import { rightPolicy } from '../testing/policy/right-policy.ts';
import { WRONG_POLICIES } from '../testing/policy/wrong-policies.ts';
import { failuresOf, findingOf, runSuiteOn } from '../testing/run-suite.ts';

describe('the checks of a policy', () => {
  it('pass a right one, and skip nothing', async () => {
    const results = await runSuiteOn('policy', rightPolicy);
    expect(failuresOf(results)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
  });

  it.each(WRONG_POLICIES)('find one that $fault', async (wrong) => {
    expect(await findingOf('policy', rightPolicy, wrong)).toMatch(wrong.found[1]);
  });
});
