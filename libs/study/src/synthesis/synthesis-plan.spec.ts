import fc from 'fast-check';
import type { Hyperparameter, NumericHyperparameter } from '../hyperparameters/hyperparameter.ts';
import { InvalidHyperparameterError } from '../hyperparameters/invalid-hyperparameter-error.ts';
import { coveringQuotas } from './quotas.ts';
import { MOST_SYNTHETIC_POINTS, synthesisPlan } from './synthesis-plan.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Every list of `classes` whole numbers from 0 to `most`. */
function* countsUpTo(most: number, classes: number): Generator<number[]> {
  if (classes === 0) yield [];
  else for (const rest of countsUpTo(most, classes - 1)) for (let n = 0; n <= most; n++) yield [...rest, n];
}

/** Every way to write `total` as a list of whole numbers of at least `least`. */
function* partitions(total: number, least: readonly number[]): Generator<number[]> {
  if (least.length === 1) {
    if (total >= least[0]) yield [total];
    return;
  }
  for (let first = least[0]; first <= total; first++) {
    for (const rest of partitions(total - first, least.slice(1))) yield [first, ...rest];
  }
}

/** The errors of a plan; every plan must have none. */
function faultsOf(plan: readonly number[], real: readonly number[], total: number): string[] {
  const present = real.filter((count) => count > 0).length;
  const least = total >= present ? 1 : 0;
  const faults = [
    ...(sum(plan) === (present === 0 ? 0 : total) ? [] : [`sums to ${sum(plan)}, not ${total}`]),
    ...plan.flatMap((count, c) => (real[c] === 0 && count !== 0 ? [`class ${c} has no real point`] : [])),
    ...plan.flatMap((count, c) => (real[c] > 0 && count < least ? [`class ${c} is left out`] : [])),
    ...plan.flatMap((count, c) =>
      plan.flatMap((other, d) =>
        (real[c] > real[d] || (real[c] === real[d] && c < d)) && count < other ? [`class ${c} has less than ${d}`] : [],
      ),
    ),
  ];
  return faults.map((fault) => `${real} to ${total} gives ${plan}: ${fault}`);
}

/** A ratio as another generator may offer it. */
const ratio = (row: Partial<NumericHyperparameter>): Hyperparameter => ({
  name: 'synthRatio',
  kind: 'float',
  min: 10,
  max: 20,
  scale: 'linear',
  default: 12,
  ...row,
});

describe('synthesisPlan', () => {
  it.each([
    [[38, 2], 0.25, [9, 1]],
    [[18, 1], 0.25, [4, 1]],
    [[7, 7, 1], 0.3, [2, 2, 1]],
    [[38, 1, 1], 0.25, [8, 1, 1]],
    [[19, 21, 1], 4 / 41, [1, 2, 1]],
    [[20, 20, 1], 4 / 41, [2, 1, 1]],
    [[5, 0, 5], 2, [10, 0, 10]],
    [[5, 5], 0, [0, 0]],
    [[3, 3, 3], 2 / 9, [1, 1, 0]],
    [[0, 0], 1, [0, 0]],
  ])('of %j real points at ratio %d is %j', (real, synthRatio, plan) => {
    expect(synthesisPlan({ synthRatio }, real)).toEqual(plan);
  });

  it('holds over the whole grid of small inputs', () => {
    const ratios = [0.25, 0.3, 0.5, 0.75, 1, 1.37, 2, 2.5, 8];
    const faults: string[] = [];
    for (const [most, classes] of [
      [40, 2],
      [9, 3],
      [4, 4],
    ] as const) {
      for (const real of countsUpTo(most, classes)) {
        for (const synthRatio of ratios) {
          faults.push(...faultsOf(synthesisPlan({ synthRatio }, real), real, Math.round(synthRatio * sum(real))));
        }
      }
    }
    expect(faults).toEqual([]);
  });

  it('adds one point per real one if no ratio is given, and none for method none', () => {
    expect(synthesisPlan({}, [3, 4])).toEqual([3, 4]);
    expect(synthesisPlan({ method: 'none', synthRatio: 2 }, [3, 4])).toEqual([0, 0]);
  });

  it('takes any finite ratio of at least 0 if none is offered', () => {
    expect(synthesisPlan({ synthRatio: 100 }, [15, 15])).toEqual([1_500, 1_500]);
    expect(() => synthesisPlan({ synthRatio: 'much' }, [1])).toThrow('synthRatio: "much" is not a finite number');
    expect(() => synthesisPlan({ synthRatio: -1 }, [1])).toThrow('synthRatio: -1 is not a finite number');
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => synthesisPlan({ synthRatio: wrong }, [15, 15])).toThrow(InvalidHyperparameterError);
    }
  });

  it('has at most ten thousand points, in the proportions of the classes', () => {
    expect(synthesisPlan({ synthRatio: 8 }, [625, 625])).toEqual([5_000, 5_000]);
    expect(synthesisPlan({ synthRatio: 8 }, [6_000, 3_000, 1_000])).toEqual([6_000, 3_000, 1_000]);
    expect(sum(synthesisPlan({ synthRatio: 1e12 }, [19, 21, 1]))).toBe(MOST_SYNTHETIC_POINTS);
  });

  it('checks a ratio against the range that the generator offers', () => {
    expect(synthesisPlan({ synthRatio: 12 }, [15, 15], ratio({}))).toEqual([180, 180]);
    expect(synthesisPlan({}, [15, 15], ratio({ default: 20 }))).toEqual([300, 300]);
    const refused = (synthRatio: number, offered: Hyperparameter) => () =>
      synthesisPlan({ synthRatio }, [15, 15], offered);
    expect(refused(2, ratio({}))).toThrow('synthRatio: 2 is below the minimum 10');
    expect(refused(0, ratio({}))).toThrow('synthRatio: 0 is below the minimum 10');
    expect(refused(21, ratio({}))).toThrow('synthRatio: 21 is above the maximum 20');
    expect(synthesisPlan({ synthRatio: 0 }, [15, 15], ratio({ zeroAllowed: true }))).toEqual([0, 0]);
    expect(refused(10.5, ratio({ kind: 'int' }))).toThrow('not an integer');
  });

  it('takes a ratio that is offered as a choice', () => {
    const choice: Hyperparameter = {
      name: 'synthRatio',
      kind: 'categorical',
      choices: ['0.1', '16'],
      default: '0.1',
    };
    expect(synthesisPlan({ synthRatio: '16' }, [15, 15], choice)).toEqual([240, 240]);
    expect(sum(synthesisPlan({}, [15, 15], choice))).toBe(3);
    expect(() => synthesisPlan({ synthRatio: '1' }, [15, 15], choice)).toThrow('"1" is not one of 0.1, 16');
  });
});

describe('coveringQuotas', () => {
  it('are exact for large inputs, whose products exceed 2^53', () => {
    const counts = fc.array(fc.nat(2 ** 31), { minLength: 2, maxLength: 8 }).filter((real) => sum(real) > 0);
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 8, noNaN: true }), (real, ratioOfReal) => {
        const total = Math.round(ratioOfReal * sum(real));
        expect(faultsOf(coveringQuotas(total, real), real, total)).toEqual([]);
      }),
    );
  });

  it('are nearest to the exact shares among all with at least one per class', () => {
    const further: string[] = [];
    for (const weights of countsUpTo(7, 3)) {
      const all = sum(weights);
      if (all === 0) continue;
      const least = weights.map((weight) => (weight > 0 ? 1 : 0));
      for (let total = sum(least); total <= 8; total++) {
        // Scaled by the sum of the weights, so that squares are whole numbers and compare exactly.
        const distance = (quotas: readonly number[]): number =>
          sum(quotas.map((quota, i) => (quota * all - total * weights[i]) ** 2));
        const covering = [...partitions(total, least)].filter((quotas) =>
          quotas.every((quota, i) => quota === 0 || weights[i] > 0),
        );
        const [found, nearest] = [distance(coveringQuotas(total, weights)), Math.min(...covering.map(distance))];
        if (found !== nearest) further.push(`${total} by ${weights}`);
      }
    }
    expect(further).toEqual([]);
  });
});
