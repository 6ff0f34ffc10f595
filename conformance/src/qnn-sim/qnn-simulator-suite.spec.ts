import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { all, replacing } from '../testing/mutation.ts';
import { rightSimulator } from '../testing/qnn-sim/right-simulator.ts';
import { WRONG_CIRCUITS } from '../testing/qnn-sim/wrong-circuits.ts';
import { WRONG_MINIMIZERS } from '../testing/qnn-sim/wrong-minimizers.ts';
import { WRONG_OUTCOMES } from '../testing/qnn-sim/wrong-outcomes.ts';
import { WRONG_SIMULATORS } from '../testing/qnn-sim/wrong-simulators.ts';
import { failuresOf, findingOf, runSuiteOn } from '../testing/run-suite.ts';

describe('the checks of a simulator', () => {
  it('pass a right one, and skip what it need not have', async () => {
    const results = await runSuiteOn('qnn-sim', rightSimulator);
    expect(failuresOf(results)).toEqual([]);
    const skipped = results.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason);
    for (const reason of skipped)
      expect(reason).toMatch(/no hyperparameter|is not offered: circuit.ansatz|number of parameters/);
  });

  it('skip the calls with circuits where a simulator only evaluates', async () => {
    const calls = ['expectation', 'gradient', 'measure', 'minimize'];
    const refused = all(
      ...calls.map((call) =>
        replacing(call, () => () => {
          throw new DomainError('unsupported', 'is not offered');
        }),
      ),
    );
    const only = [
      'the expectations of a program are those of its formula',
      'the gradient of a program is that of its formula',
      'a basis state has its outcome in every shot',
      'a minimization ends with one result, which is the lowest energy',
    ];
    const results = await runSuiteOn('qnn-sim', (i) => refused(rightSimulator(), i), { only, instances: 1 });
    expect(results.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual(
      ['Expectation', 'Gradient', 'Measure', 'Minimize'].map(
        (call) => `skipped ${call} is not offered (UNIMPLEMENTED)`,
      ),
    );
  });

  it.each([...WRONG_SIMULATORS, ...WRONG_CIRCUITS, ...WRONG_OUTCOMES, ...WRONG_MINIMIZERS])(
    'find one that $fault',
    async (wrong) => {
      expect(await findingOf('qnn-sim', rightSimulator, wrong)).toMatch(wrong.found[1]);
    },
  );
});
