import { rightGenerator } from '../testing/generator/right-generator.ts';
import { WRONG_CONTINUED_FITS } from '../testing/generator/wrong-continued-fits.ts';
import { WRONG_FITS } from '../testing/generator/wrong-fits.ts';
import { WRONG_SAMPLES } from '../testing/generator/wrong-samples.ts';
import { failuresOf, findingOf, runSuiteOn } from '../testing/run-suite.ts';

describe('the checks of a generator', () => {
  it('pass a right one, and skip what it need not have', async () => {
    const results = await runSuiteOn('generator', rightGenerator);
    expect(failuresOf(results)).toEqual([]);
    const skipped = results.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason);
    for (const reason of skipped) expect(reason).toMatch(/no method needs unlabelled|has a condition|no limit "/);
  });

  it('say what a second instance would need where there is one only', async () => {
    const only = ['a sample at a second instance gives the same points'];
    const [{ outcome, reason }] = await runSuiteOn('generator', rightGenerator, { only, instances: 1 });
    expect(outcome).toBe('skipped');
    expect(reason).toMatch(/--second TARGET, or let the kit start both with --start COMMAND/);
  });

  it.each([...WRONG_FITS, ...WRONG_CONTINUED_FITS, ...WRONG_SAMPLES])('find one that $fault', async (wrong) => {
    expect(await findingOf('generator', rightGenerator, wrong)).toMatch(wrong.found[1]);
  });
});
