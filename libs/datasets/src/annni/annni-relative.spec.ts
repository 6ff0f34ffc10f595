import { createNamedTask, createRelativeTask } from '../tasks/task-table.ts';
import { createAnnniTask } from './annni-task.ts';
import { onShorterChain } from './shorter-chain.ts';

const DEFAULTS = ['Z3', 'X3X4', 'X3X5', 'Z0'];

describe('an observable on a shorter chain', () => {
  it('keeps the distances between its qubits, and its place between the ends', () => {
    const on = (to: number) => DEFAULTS.map((text) => onShorterChain(text, 8, to));
    expect(on(4)).toEqual(['Z1', 'X1X2', 'X1X3', 'Z0']);
    expect(on(6)).toEqual(['Z2', 'X2X3', 'X2X4', 'Z0']);
    expect(on(8)).toEqual(DEFAULTS);
    expect(onShorterChain('Z7', 8, 5)).toBe('Z4');
    expect(onShorterChain('X6 X7', 8, 5)).toBe('X3X4');
  });

  it('is on the chain for every place', () => {
    for (let to = 4; to <= 8; to++) {
      for (let first = 0; first < 6; first++) {
        const qubits = [...onShorterChain(`X${first}Y${first + 2}`, 8, to).matchAll(/\d+/g)].map(Number);
        expect(qubits[1] - qubits[0]).toBe(2);
        expect(qubits[0]).toBeGreaterThanOrEqual(0);
        expect(qubits[1]).toBeLessThan(to);
      }
    }
  });

  it('is refused if it is longer than the chain', () => {
    expect(() => onShorterChain('X1X6', 8, 4)).toThrow(
      "observables: 'X1X6' covers 6 spins and does not fit 4; give at least 6 spins, or observables of the shorter chain",
    );
  });
});

describe('a relative of the ANNNI task', () => {
  const task = createAnnniTask();

  it('has the features of a shorter chain, the same classes, and exact expectations', () => {
    const { descriptor } = createRelativeTask(task, { spins: 4 });
    expect(descriptor.featureNames).toEqual(['Z1', 'X1X2', 'X1X3', 'Z0']);
    expect(descriptor.classNames).toEqual(task.descriptor.classNames);
    expect(descriptor.expectations).toEqual({ shots: null });
    expect(createRelativeTask(task, { spins: 6, shots: 16 }).descriptor.expectations).toEqual({ shots: 16 });
  });

  it('takes observables of its own, as many as the task', () => {
    const observables = ['Z2', 'X1X2', 'X0X2', 'Z3'];
    expect(createRelativeTask(task, { spins: 4, observables }).descriptor.featureNames).toEqual(observables);
    expect(() => createRelativeTask(task, { spins: 4, observables: ['Z0'] })).toThrow(
      'features: the relative has 1, the task 4; give as many, in the same order',
    );
  });

  it('is refused with settings that the task does not take', () => {
    expect(() => createRelativeTask(task, { spins: 2 })).toThrow('spins: 2 is not allowed in task annni');
    expect(() => createRelativeTask(task, { spin: 4 })).toThrow('spin: task annni has no such setting');
  });

  it('does not exist for a task without relatives', () => {
    expect(() => createRelativeTask(createNamedTask('two-curves'), {})).toThrow(
      'task: two-curves has no cheaper relative; give points from elsewhere as a CSV (tasks with one: annni)',
    );
  });
});
