import { qnnDataProblems } from '@qloom/qnn/model/data-fit.ts';
import { DEFAULT_QNN } from '@qloom/qnn/model/qnn-settings.ts';
import { arbitraryQnn, arbitraryShape } from '@qloom/qnn/testing/arbitrary-qnn.ts';
import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { createJobRunner } from '../domain/jobs.ts';

const runner = createJobRunner(() => 0);

/** One training step of unchecked settings, on one row per class, as in a thread of the pool. */
async function trains(given: object, features: number, classes: number, engine: string): Promise<boolean> {
  const random = createRandom('rows');
  const angles = Float64Array.from({ length: classes * features }, () => random.normal());
  const rows = { count: classes, angles, labels: Int32Array.from({ length: classes }, (_, label) => label) };
  const settings = { ...DEFAULT_QNN, ...given, steps: 1 };
  const tasks = [{ label: 'one step', seed: 1, training: rows, heldOut: rows }];
  try {
    const [result] = await runner.run({ kind: 'train', engine, settings, features, classes, tasks }, () => false);
    return result.gradientSteps === 1 && result.parameters.length > 0;
  } catch {
    return false;
  }
}

describe('settings that fit the data by qnnDataProblems', () => {
  it.each(['wasm', 'reference'])('are compiled, trained and scored by the engine %s', async (engine) => {
    await fc.assert(
      fc.asyncProperty(arbitraryQnn, arbitraryShape, async (given, { features, classes }) => {
        fc.pre(qnnDataProblems(given, { features, classes }).length === 0);
        expect(await trains(given, features, classes, engine)).toBe(true);
      }),
      { numRuns: 40, maxSkipsPerRun: 100 },
    );
  });

  it('are all that can be trained: refused settings have no model, or cannot be combined', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryQnn, arbitraryShape, async (given, { features, classes }) => {
        const problems = qnnDataProblems(given, { features, classes });
        // Combinations that are refused for their meaning (a biased gradient) could be computed.
        fc.pre(problems.length > 0 && !problems.some(({ field }) => field === 'gradient'));
        expect(await trains(given, features, classes, 'wasm')).toBe(false);
      }),
      { numRuns: 100, maxSkipsPerRun: 100 },
    );
  });
});
