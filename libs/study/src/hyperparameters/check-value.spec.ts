import fc from 'fast-check';
import { checkConfiguration } from './check-configuration.ts';
import { checkValue, describeRange, invalidDefinition, invalidReason } from './check-value.ts';
import type { Hyperparameter } from './hyperparameter.ts';
import { InvalidHyperparameterError } from './invalid-hyperparameter-error.ts';

const width: Hyperparameter = { name: 'vae.width', kind: 'int', min: 16, max: 128, scale: 'log', default: 32 };
const ratio: Hyperparameter = {
  name: 'synthRatio',
  kind: 'float',
  min: 0.25,
  max: 8,
  scale: 'log',
  zeroAllowed: true,
  default: 1,
};
const steps: Hyperparameter = { ...width, name: 'gan.steps', min: 20, max: 4000, leastAccepted: 1, default: 1500 };
const batch: Hyperparameter = { name: 'gan.batchSize', kind: 'categorical', choices: ['16', '32'], default: '32' };

describe('checkValue', () => {
  it.each([
    [width, 500, 'vae.width: 500 is above the maximum 128'],
    [width, 3, 'vae.width: 3 is below the minimum 16'],
    [width, 20.5, 'vae.width: 20.5 is not an integer in [16, 128]'],
    [width, 'wide', 'vae.width: "wide" is not an integer in [16, 128]'],
    [ratio, Number.NaN, 'synthRatio: NaN is not a number in [0.25, 8] or 0'],
    [ratio, 0.1, 'synthRatio: 0.1 is below the minimum 0.25 (0 is allowed)'],
    [steps, 0, 'gan.steps: 0 is below the minimum 1'],
    [batch, 33, 'gan.batchSize: 33 is not one of 16, 32'],
    [batch, 'many', 'gan.batchSize: "many" is not one of 16, 32'],
  ])('says what is wrong with a value and what would be right', (hyperparameter, given, message) => {
    expect(() => checkValue(hyperparameter, given)).toThrow(InvalidHyperparameterError);
    expect(() => checkValue(hyperparameter, given)).toThrow(message);
  });

  it('takes the default if no value is given, 0 if it is allowed, and the smallest value that a service accepts', () => {
    expect(checkValue(width, undefined)).toBe(32);
    expect(checkValue(ratio, 0)).toBe(0);
    expect(checkValue(steps, 1)).toBe(1);
  });

  it('takes a number that is given for a choice as its text', () => {
    expect(checkValue(batch, 16)).toBe('16');
    expect(invalidReason(batch, 16)).toBe('16 is not one of 16, 32');
  });

  it('accepts a number if and only if it is in the range', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        const inside = value === 0 || (value >= 0.25 && value <= 8);
        expect(invalidReason(ratio, value) === null).toBe(inside);
      }),
    );
  });
});

describe('describeRange', () => {
  it('names the range in words', () => {
    expect([width, ratio, steps, batch].map(describeRange)).toEqual([
      'an integer in [16, 128]',
      'a number in [0.25, 8] or 0',
      'an integer in [1, 4000]',
      'one of 16, 32',
    ]);
  });
});

describe('invalidDefinition', () => {
  it.each([
    [{ ...width, name: '' }, 'has no name'],
    [{ ...width, min: 200 }, 'has min 200 above max 128'],
    [{ ...width, max: Number.POSITIVE_INFINITY }, 'has a bound that is not finite'],
    [{ ...width, min: 0 }, 'has a log scale from 0; min must be above 0 (allow 0 with zeroAllowed)'],
    [{ ...width, default: 8 }, 'has a default outside its range: 8 is below the minimum 16'],
    [{ ...batch, choices: [] }, 'has no choices'],
    [{ ...batch, choices: ['16', '16'] }, 'repeats a choice'],
  ] as [Hyperparameter, string][])('%# refuses descriptions that contradict themselves', (hyperparameter, reason) => {
    expect(invalidDefinition(hyperparameter)).toBe(reason);
  });
});

describe('checkConfiguration', () => {
  const owned = { service: 'generator', hyperparameters: [width, batch], prefixes: ['vae.'] };

  it('returns own values with defaults, and those of other services unchanged', () => {
    const { own, others } = checkConfiguration(owned, { 'vae.width': 64, 'disc.arch': 'mlp' });
    expect(Object.fromEntries(own)).toEqual({ 'vae.width': 64, 'gan.batchSize': '32' });
    expect(others).toEqual({ 'disc.arch': 'mlp' });
  });

  it('refuses an unknown name under a prefix of the service', () => {
    expect(() => checkConfiguration(owned, { 'vae.widht': 64 })).toThrow(
      'vae.widht: no such hyperparameter; the generator offers vae.width, gan.batchSize',
    );
  });
});
