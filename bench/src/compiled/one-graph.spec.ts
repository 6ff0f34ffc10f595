import { fitGenerator } from '@qloom/generator/domain/fit.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { criticInProcess } from '../overhead/one-process.ts';
import { createJointFit, JOINT_LOSSES } from './one-graph.ts';
import { SMALL, smallFitData } from './small-fit.ts';

const STEPS = 6;
const hyperparameters = { ...SMALL, 'gan.steps': STEPS };

describe('createJointFit', () => {
  it('takes the steps of a fit of generator and critic: every loss of every step is the same', async () => {
    await useBackend({ force: 'wasm' });
    const data = smallFitData();
    const expected: Readonly<Record<string, number>>[] = [];
    await fitGenerator({
      settings: generatorSettings(hyperparameters),
      data,
      seed: 3,
      signal: new AbortController().signal,
      openCritic: async (opening) => criticInProcess(opening, undefined),
      onProgress: ({ losses }) => expected.push(losses),
      breathe: () => Promise.resolve(),
    });
    const joint = createJointFit(hyperparameters, data, 3);
    expect(expected).toHaveLength(STEPS);
    for (const [step, losses] of expected.entries()) {
      const report = joint.step(step);
      for (const [i, name] of JOINT_LOSSES.entries()) {
        // Float32 in another order: 330 u of losses that are means of up to a hundred terms, after steps of Adam that build on each other.
        expect(Math.abs(report[i] - losses[name])).toBeLessThan(2e-5 * Math.max(1, Math.abs(losses[name])));
      }
    }
    joint.dispose();
  });
});
