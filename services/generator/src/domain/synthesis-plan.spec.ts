import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { synthesisPlan as planOf } from '@qloom/study/synthesis/synthesis-plan.ts';
import { twoClouds } from '../fixtures/quadratic-critic.ts';
import { InvalidHyperparameterError } from './errors.ts';
import type { Hyperparameter } from './hyperparameters.ts';
import { synthesisPlan } from './synthesis-plan.ts';

/** 15 points of each of two classes. */
const training = twoClouds(30, createRandom('clouds'));

const ratio = (row: Partial<Extract<Hyperparameter, { type: 'real' | 'integer' }>>): Hyperparameter => ({
  name: 'synthRatio',
  description: 'theirs',
  type: 'real',
  min: 10,
  max: 20,
  scale: 'linear',
  default: 12,
  ...row,
});

const labelled = (counts: readonly number[]): Points => {
  const y = Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  return { count: y.length, features: 1, classes: counts.length, x: new Float32Array(y.length), y };
};

describe('synthesisPlan', () => {
  it.each([
    [[38, 2], 0.25, [9, 1]],
    [[18, 1], 0.25, [4, 1]],
    [[7, 7, 1], 0.3, [2, 2, 1]],
  ])('plans for %j at ratio %d what the final evaluation does', (real, synthRatio, plan) => {
    expect(synthesisPlan({ synthRatio }, labelled(real))).toEqual(plan);
    expect(planOf({ synthRatio }, real)).toEqual(plan);
  });

  it('adds what this generator offers, in proportion to the classes', () => {
    expect(synthesisPlan({ synthRatio: 2 }, training)).toEqual([30, 30]);
    expect(synthesisPlan({}, training)).toEqual([15, 15]);
    expect(synthesisPlan({ synthRatio: 0 }, training)).toEqual([0, 0]);
    expect(synthesisPlan({ synthRatio: 3, method: 'none' }, training)).toEqual([0, 0]);
    expect(() => synthesisPlan({ synthRatio: 12 }, training)).toThrow('synthRatio: 12 is above the maximum 8');
  });

  it('holds a ratio to what another generator offers, not to what this one does', () => {
    expect(synthesisPlan({ synthRatio: 12 }, training, ratio({}))).toEqual([180, 180]);
    expect(synthesisPlan({}, training, ratio({ default: 20 }))).toEqual([300, 300]);
    expect(() => synthesisPlan({ synthRatio: 2 }, training, ratio({}))).toThrow(
      'synthRatio: 2 is below the minimum 10',
    );
    expect(() => synthesisPlan({ synthRatio: 0 }, training, ratio({}))).toThrow(
      'synthRatio: 0 is below the minimum 10',
    );
    expect(synthesisPlan({ synthRatio: 0 }, training, ratio({ zeroAllowed: true }))).toEqual([0, 0]);
    expect(() => synthesisPlan({ synthRatio: 10.5 }, training, ratio({ type: 'integer' }))).toThrow('not an integer');
  });

  it('takes a ratio that is offered as a choice', () => {
    const choice = {
      name: 'synthRatio',
      description: '',
      type: 'choice',
      choices: ['0.1', '16'],
      default: '0.1',
    } as const;
    expect(synthesisPlan({ synthRatio: '16' }, training, choice)).toEqual([240, 240]);
    expect(synthesisPlan({}, training, choice).reduce((sum, n) => sum + n, 0)).toBe(3);
    expect(() => synthesisPlan({ synthRatio: '1' }, training, choice)).toThrow('"1" is not one of 0.1, 16');
  });

  it('takes any finite ratio of at least 0 where none is offered, and 1 where none is given', () => {
    expect(synthesisPlan({ synthRatio: 100 }, training, null)).toEqual([1_500, 1_500]);
    expect(synthesisPlan({ synthRatio: 0 }, training, null)).toEqual([0, 0]);
    expect(synthesisPlan({}, training, null)).toEqual([15, 15]);
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e12, 'much']) {
      expect(() => synthesisPlan({ synthRatio: wrong }, training, null)).toThrow(InvalidHyperparameterError);
    }
  });
});
