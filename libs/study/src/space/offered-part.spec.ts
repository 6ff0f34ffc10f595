import type { Hyperparameter } from '../hyperparameters/hyperparameter.ts';
import { offeredPart } from './offered-part.ts';

const steps: Hyperparameter = { name: 'steps', kind: 'int', min: 50, max: 4000, scale: 'log', default: 200 };
const method: Hyperparameter = { name: 'method', kind: 'categorical', choices: ['gan', 'flow'], default: 'gan' };
const rate: Hyperparameter = { name: 'rate', kind: 'float', min: 0, max: 1, scale: 'linear', default: 0.5 };

describe('the offered part of a restriction', () => {
  it.each([
    ['no hyperparameter', undefined, { value: 3 }, undefined],
    ['a value that is allowed', steps, { value: 60 }, { value: 60 }],
    ['a value outside the range', steps, { value: 20 }, undefined],
    ['a value of another kind', steps, { value: 'many' }, undefined],
    ['a range inside', steps, { min: 60, max: 150 }, { min: 60, max: 150 }],
    ['a range that reaches out', steps, { min: 1, max: 150 }, { min: 50, max: 150 }],
    ['a range with one end', rate, { max: 0.25 }, { min: 0, max: 0.25 }],
    ['a range apart', steps, { max: 10 }, undefined],
    ['a range of fractions for whole numbers', steps, { min: 60.5, max: 90 }, undefined],
    ['choices of which one is offered', method, { choices: ['vae', 'flow'] }, { choices: ['flow'] }],
    ['choices of which none is offered', method, { choices: ['vae'] }, undefined],
    ['choices for a range', steps, { choices: ['60'] }, undefined],
    ['a range for choices', method, { min: 1 }, undefined],
  ])('of %s', (_, parameter, restriction, expected) => {
    expect(offeredPart(parameter, restriction)).toEqual(expected);
  });
});
