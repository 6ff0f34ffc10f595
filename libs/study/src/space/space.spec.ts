import { rounding } from '@qloom/tensor/testing/rounding.ts';
import fc from 'fast-check';
import type { Hyperparameter } from '../hyperparameters/hyperparameter.ts';
import { mergeSpaces } from './merge.ts';
import { restrictSpace } from './restrict.ts';
import { createSpace, defaultConfiguration } from './space.ts';
import { fromUnit, toUnit } from './unit-cube.ts';
import { validateConfiguration } from './validate.ts';

const parameters: Hyperparameter[] = [
  { name: 'synthRatio', kind: 'float', min: 0.25, max: 8, scale: 'log', zeroAllowed: true, default: 2 },
  { name: 'disc.arch', kind: 'categorical', choices: ['conv', 'mlp'], default: 'conv' },
  {
    name: 'disc.kernel',
    kind: 'categorical',
    choices: ['3', '5'],
    default: '3',
    condition: { parameter: 'disc.arch', values: ['conv'] },
  },
  { name: 'latentDim', kind: 'int', min: 2, max: 32, scale: 'log', default: 8 },
  { name: 'dropout', kind: 'float', min: 0, max: 0.5, scale: 'linear', default: 0.1 },
];

describe('createSpace', () => {
  it('puts a parameter after the one that it depends on, for any order of services', () => {
    const names = (list: Hyperparameter[]) => createSpace(list).parameters.map((parameter) => parameter.name);
    expect(names(parameters)).toEqual(names([...parameters].reverse()));
    expect(names(parameters).indexOf('disc.arch')).toBeLessThan(names(parameters).indexOf('disc.kernel'));
  });

  it.each<[string, Hyperparameter[]]>([
    ['described twice', [parameters[0], parameters[0]]],
    ['which no service offers', [parameters[2]]],
    ['log scale from 0', [{ name: 'a', kind: 'float', min: 0, max: 1, scale: 'log', default: 1 }]],
    ['default outside', [{ name: 'a', kind: 'int', min: 1, max: 3, scale: 'linear', default: 4 }]],
    [
      'in a circle',
      [
        { name: 'a', kind: 'categorical', choices: ['1'], default: '1', condition: { parameter: 'b', values: ['1'] } },
        { name: 'b', kind: 'categorical', choices: ['1'], default: '1', condition: { parameter: 'a', values: ['1'] } },
      ],
    ],
  ])('refuses what is %s', (message, list) => {
    expect(() => createSpace(list)).toThrow(message);
  });
});

describe('mergeSpaces', () => {
  const batch = (max: number): Hyperparameter => ({
    name: 'batchSize',
    kind: 'int',
    min: 8,
    max,
    scale: 'log',
    default: 32,
  });

  it('takes a shared parameter once if both descriptions are equal', () => {
    const space = mergeSpaces([
      { service: 'generator', parameters: [batch(64), parameters[0]] },
      { service: 'discriminator', parameters: [{ ...batch(64), description: 'of the critic' }] },
    ]);
    expect(space.parameters.map((parameter) => parameter.name)).toEqual(['batchSize', 'synthRatio']);
  });

  it('names both services if their descriptions differ', () => {
    expect(() =>
      mergeSpaces([
        { service: 'generator', parameters: [batch(64)] },
        { service: 'discriminator', parameters: [batch(128)] },
      ]),
    ).toThrow('batchSize: generator and discriminator describe it differently');
  });
});

describe('restrictSpace', () => {
  const space = createSpace(parameters);

  it('narrows ranges, moves defaults inside, pins values', () => {
    const narrowed = restrictSpace(space, { latentDim: { min: 10 }, synthRatio: { value: 0 }, dropout: { max: 0.05 } });
    expect(defaultConfiguration(narrowed)).toEqual({
      'disc.arch': 'conv',
      'disc.kernel': '3',
      dropout: 0.05,
      latentDim: 10,
      synthRatio: 0,
    });
  });

  it('drops parameters that can no longer be active', () => {
    const narrowed = restrictSpace(space, { 'disc.arch': { value: 'mlp' } });
    expect(narrowed.parameters.map((parameter) => parameter.name)).not.toContain('disc.kernel');
  });

  it.each([
    [{ nope: { value: 1 } }, 'space.nope: no service offers this hyperparameter; offered: disc.arch, disc.kernel'],
    [{ synthRatio: { max: 9 } }, 'space.synthRatio.max: 9 is above the maximum 8'],
    [{ 'disc.arch': { value: 'cnn' } }, 'space.disc.arch: "cnn" is not one of conv, mlp'],
    [{ latentDim: { value: 2.5 } }, 'space.latentDim: 2.5 is not an integer in [2, 32]'],
    [{ latentDim: { min: 9, max: 4 } }, 'space.latentDim.min: 9 is above max 4'],
  ])('refuses %j', (restrictions, message) => {
    expect(() => restrictSpace(space, restrictions)).toThrow(message);
  });
});

describe('encoding', () => {
  const space = createSpace(parameters);
  const largest = Math.max(...parameters.map((parameter) => ('max' in parameter ? parameter.max : 1)));
  const unit = fc.array(fc.double({ min: 0, max: 0.999999, noNaN: true }), { minLength: 5, maxLength: 5 });

  it('maps every position in the cube to a valid configuration, and back to the same position', () => {
    fc.assert(
      fc.property(unit, (u) => {
        const point = fromUnit(space, u);
        validateConfiguration(space, point);
        const again = fromUnit(space, toUnit(space, point));
        for (const [name, value] of Object.entries(point)) {
          // Logarithm, division and exponential in both directions: about a dozen float64 roundings of numbers up to
          // the largest.
          const bound = rounding(64, largest, 'float64');
          if (typeof value === 'number') expect(Math.abs((again[name] as number) - value)).toBeLessThanOrEqual(bound);
          else expect(again[name]).toBe(value);
        }
      }),
    );
  });

  it('masks inactive parameters', () => {
    const arch = space.parameters.findIndex((parameter) => parameter.name === 'disc.arch');
    const kernel = space.parameters.findIndex((parameter) => parameter.name === 'disc.kernel');
    const u = [0.5, 0.5, 0.5, 0.5, 0.5];
    u[arch] = 0.9;
    const point = fromUnit(space, u);
    expect(point).not.toHaveProperty('disc.kernel');
    expect(toUnit(space, point)[kernel]).toBeNaN();
  });
});

describe('validateConfiguration', () => {
  const space = createSpace(parameters);

  it.each([
    [{ latentDim: 1 }, 'latentDim: 1 is below the minimum 2'],
    [{ 'disc.arch': 'mlp' }, 'disc.kernel: applies only while disc.arch is conv'],
    [{ w1: 1 }, 'w1: is no hyperparameter of this study'],
    [{ synthRatio: 0.1 }, 'synthRatio: 0.1 is below the minimum 0.25 (0 is allowed)'],
  ])('refuses %j', (change, message) => {
    expect(() => validateConfiguration(space, { ...defaultConfiguration(space), ...change } as never)).toThrow(message);
  });
});
