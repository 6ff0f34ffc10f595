import type { UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { collectFitCurves, meanCurves, qnnCurve } from './learning-curves.ts';

const report = (...curves: number[][]) =>
  ({ fold: 0, engine: 'wasm', runs: curves.map((trainingLosses) => ({ trainingLosses })) }) as unknown as UtilityReport;

describe('learning curves', () => {
  it('of QNNs are means over runs, and absent where a run has none', () => {
    expect(qnnCurve([report([2, 1], [4, 2]), report([3, 0])])).toEqual([
      { name: 'qnn', progress: [0.5, 1], values: [3, 1] },
    ]);
    expect(qnnCurve([report([2, 1], [])])).toEqual([]);
    expect(qnnCurve([])).toEqual([]);
  });

  it('of a fit keep the last value of each twentieth of its steps', () => {
    const { add, curves } = collectFitCurves();
    for (let step = 1; step <= 100; step++) {
      add({ step, totalSteps: 100, losses: [{ name: 'generator.loss', value: 100 - step }] });
    }
    const [curve] = curves();
    expect(curve.progress).toEqual(Array.from({ length: 20 }, (_, part) => (part + 1) / 20));
    expect(curve.values).toEqual(Array.from({ length: 20 }, (_, part) => 95 - 5 * part));
  });

  it('of several trainings are averaged by name over those of one length', () => {
    const curve = (name: string, ...values: number[]) => ({ name, progress: values.map((_, i) => i), values });
    expect(
      meanCurves([[curve('qnn', 4, 2), curve('critic.loss', 1)], [curve('qnn', 2, 0)], [curve('qnn', 9)]]),
    ).toEqual([curve('qnn', 3, 1), curve('critic.loss', 1)]);
  });
});
