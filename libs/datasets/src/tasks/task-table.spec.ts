import { classCounts } from '@qloom/study/points/rows.ts';
import { createNamedTask, listTaskKinds } from './task-table.ts';

describe.each(listTaskKinds().map((kind) => [kind.name, kind] as const))('the task %s', (name, kind) => {
  const task = createNamedTask(name);

  it('draws stratified points within its limits, the same each time, by both ways', async () => {
    const request = { count: 101, seed: 'a', purpose: 'oracle' } as const;
    const drawn = task.draw(request);
    const { descriptor } = task;
    expect(drawn.features).toBe(descriptor.featureNames.length);
    expect(drawn.classes).toBe(descriptor.classNames.length);
    const counts = classCounts(drawn);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    drawn.x.forEach((value, i) => {
      const { low, high } = descriptor.physical[i % drawn.features];
      if (value < (low ?? -Infinity) || value > (high ?? Infinity)) throw new Error(`${value} at ${i} is out of range`);
    });
    expect(await kind.create().drawAsync(request)).toEqual(drawn);
  });

  it('draws points as they fall, with random numbers of each class', async () => {
    const request = { count: 400, seed: 'a', classCounts: 'as they fall' } as const;
    const drawn = task.draw(request);
    // Shares of the rectangle of couplings under the critical lines, by the midpoint rule, and ½ by symmetry.
    const shares = name === 'annni' ? [0.133, 0.103, 0.764] : [0.5, 0.5];
    classCounts(drawn).forEach((count, label) => {
      // Five standard errors, and half a unit of the shares' last digit.
      const error = 5 * Math.sqrt(400 * shares[label] * (1 - shares[label])) + 400 * 0.0005;
      expect(Math.abs(count - 400 * shares[label])).toBeLessThan(error);
    });
    expect(classCounts(task.draw({ ...request, seed: 'b' }))).not.toEqual(classCounts(drawn));
    expect(await kind.create().drawAsync(request)).toEqual(drawn);
  });

  it('describes itself as JSON with every setting in force', () => {
    expect(JSON.parse(JSON.stringify(task.descriptor))).toEqual(task.descriptor);
    expect(Object.keys(task.descriptor.settings)).toEqual(Object.keys(kind.settings));
  });
});

describe('worlds', () => {
  it.each(['hidden-manifold', 'two-curves'])('%s: another world is another task under the same seed', (name) => {
    const [one, two] = [1, 2].map((world) => createNamedTask(name, { world }).draw({ count: 20, seed: 1 }));
    expect(one.x).not.toEqual(two.x);
  });

  it('two-curves: without noise and at distance `offset`, the classes are the same curve moved', () => {
    const task = createNamedTask('two-curves', { noise: 0, offset: 5, degree: 1, features: 2 });
    const points = task.draw({ count: 400, seed: 1 });
    const means = [0, 1].map((label) => {
      const rows = [...points.y.keys()].filter((row) => points.y[row] === label);
      return rows.reduce((sum, row) => sum + points.x[2 * row] / rows.length, 0);
    });
    expect(means[1] - means[0]).toBeCloseTo(5, 0);
  });
});

describe('createNamedTask', () => {
  it.each([
    ['anni', {}, "task: 'anni' is no task; there are annni, hidden-manifold, two-curves"],
    ['two-curves', { degree: 1.5 }, 'degree: 1.5 is not allowed in task two-curves; give a whole number from 1 to 32'],
    ['hidden-manifold', { manifold: 'six' }, 'manifold: "six" is not allowed in task hidden-manifold'],
  ])('refuses %s with %j', (name, settings, message) => {
    expect(() => createNamedTask(name, settings)).toThrow(message);
  });
});
