import { rightDiscriminator } from '../testing/discriminator/right-discriminator.ts';
import { WRONG_ASSESSMENTS } from '../testing/discriminator/wrong-assessments.ts';
import { WRONG_CRITICS } from '../testing/discriminator/wrong-critics.ts';
import { failuresOf, findingOf, runSuiteOn } from '../testing/run-suite.ts';

describe('the checks of a discriminator', () => {
  it('pass a right one, and skip what it need not have', async () => {
    const results = await runSuiteOn('discriminator', rightDiscriminator);
    expect(failuresOf(results)).toEqual([]);
    const skipped = results.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason);
    for (const reason of skipped) expect(reason).toMatch(/has a condition|no limit "/);
  });

  it.each(WRONG_CRITICS)('find a critic that $fault', async (wrong) => {
    expect(await findingOf('discriminator', rightDiscriminator, wrong)).toMatch(wrong.found[1]);
  });

  it.each(WRONG_ASSESSMENTS)('find an assessment that $fault', async (wrong) => {
    expect(await findingOf('discriminator', rightDiscriminator, wrong)).toMatch(wrong.found[1]);
  });
});
