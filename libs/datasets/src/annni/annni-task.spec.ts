import { classCounts } from '@qloom/study/points/rows.ts';
import { createAnnniTask } from './annni-task.ts';

describe('the ANNNI task', () => {
  it('describes features, classes, limits and shots', () => {
    const { descriptor } = createAnnniTask();
    expect(descriptor.featureNames).toEqual(['Z3', 'X3X4', 'X3X5', 'Z0']);
    expect(descriptor.classNames).toEqual(['ferromagnetic', 'antiphase', 'paramagnetic']);
    expect(descriptor.expectations).toEqual({ shots: 16 });
    expect(descriptor.physical).toEqual(Array(4).fill({ low: -1, high: 1 }));
  });

  it('draws the same points for the same request, other points for another seed or purpose', () => {
    const task = createAnnniTask();
    const first = task.draw({ count: 30, seed: 1 });
    expect(createAnnniTask().draw({ count: 30, seed: 1 })).toEqual(first);
    expect(task.draw({ count: 30, seed: 2 }).x).not.toEqual(first.x);
    expect(task.draw({ count: 30, seed: 1, purpose: 'test' }).x).not.toEqual(first.x);
  });

  it('is stratified, or has the class counts asked for', () => {
    const task = createAnnniTask();
    expect(classCounts(task.draw({ count: 40, seed: 1 }))).toEqual([14, 13, 13]);
    expect(classCounts(task.draw({ count: 10, seed: 1, classCounts: [1, 2, 7] }))).toEqual([1, 2, 7]);
  });

  it('measures in steps of 2/shots within [−1, 1], around the exact values', () => {
    const request = { count: 300, seed: 3 };
    const exact = createAnnniTask({ shots: null }).draw({ ...request, classCounts: [300, 0, 0] });
    const measured = createAnnniTask({ shots: 16 }).draw({ ...request, classCounts: [300, 0, 0] });
    for (const value of measured.x) {
      expect(Math.abs(value)).toBeLessThanOrEqual(1);
      expect((value * 8) % 1).toBeCloseTo(0, 6);
    }
    // Other couplings (the streams part after the first point), the same law: means of X3X4 within five standard errors.
    const meanOf = (x: Float32Array) => x.reduce((sum, v, i) => sum + (i % 4 === 1 ? v / 300 : 0), 0);
    expect(Math.abs(meanOf(exact.x) - meanOf(measured.x))).toBeLessThan((5 * 0.35) / Math.sqrt(300));
  });

  it('gives the same points asynchronously, lets other work run meanwhile, and stops when aborted', async () => {
    const task = createAnnniTask({ observables: ['Z2', 'X1X2'] });
    let turns = 0;
    let running = true;
    const count = () => {
      turns++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    const drawn = await task.drawAsync({ count: 100, seed: 5 });
    running = false;
    expect(drawn).toEqual(task.draw({ count: 100, seed: 5 }));
    expect(turns).toBeGreaterThanOrEqual(5);
    await expect(task.drawAsync({ count: 100, seed: 6 }, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it.each([
    [{ spins: 3 }, 'spins: 3 is not allowed in task annni; give a whole number from 4 to 12'],
    [{ shots: 0 }, 'shots: 0 is not allowed in task annni; give a whole number from 1 to 65536, or null'],
    [{ observables: ['Z9'] }, "observables: 'Z9' names qubit 9; there are 8, 0 to 7"],
    [{ shotz: 16 }, 'shotz: task annni has no such setting; it has spins, observables, shots'],
  ])('refuses settings %j', (settings, message) => {
    expect(() => createAnnniTask(settings)).toThrow(message);
  });

  it('refuses a request that cannot be met', () => {
    const task = createAnnniTask();
    expect(() => task.draw({ count: 0, seed: 1 })).toThrow('count: 0 is not a whole number');
    expect(() => task.draw({ count: 4, seed: 1, classCounts: [2, 2] })).toThrow(
      'must be 3 whole numbers that sum to count 4',
    );
  });
});
