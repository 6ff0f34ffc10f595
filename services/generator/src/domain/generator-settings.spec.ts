import { createSpace } from '@qloom/study/space/space.ts';
import { generatorSettings } from './generator-settings.ts';
import { HYPERPARAMETERS } from './hyperparameter-table.ts';

describe('generatorSettings', () => {
  it('fills in the defaults', () => {
    const settings = generatorSettings({});
    expect(settings.method).toBe('gan');
    expect(settings.vae).toEqual({
      layers: 2,
      width: 32,
      latentDim: 4,
      activation: 'swish',
      architecture: 'prior-residual',
    });
    expect(settings.training).toMatchObject({ steps: 300, batchSize: 32, beta: 0.1, lambdaRec: 1 });
  });

  it.each([
    [{ 'vae.width': 500 }, 'vae.width: 500 is above the maximum 128'],
    [{ 'vae.width': 3 }, 'vae.width: 3 is below the minimum 16'],
    [{ 'vae.width': 20.5 }, 'vae.width: 20.5 is not an integer in [16, 128]'],
    [{ 'vae.beta': 'much' }, 'vae.beta: "much" is not a number in [0.01, 1]'],
    [{ 'gan.lrG': Number.NaN }, 'gan.lrG: NaN is not a number in [0.00005, 0.005]'],
    [{ 'vae.activation': 'gelu' }, 'vae.activation: "gelu" is not one of relu, swish, tanh'],
    [{ 'gan.batchSize': 33 }, 'gan.batchSize: 33 is not one of 16, 32, 64'],
    [{ synthRatio: 0.1 }, 'synthRatio: 0.1 is below the minimum 0.25 (0 is allowed)'],
    [{ 'vae.widht': 20 }, 'vae.widht: no such hyperparameter'],
  ])('refuses %j with a message that says what would be right', (given, message) => {
    expect(() => generatorSettings(given as Record<string, number>)).toThrow(message as string);
  });

  it('takes the methods own hyperparameters of the prior', () => {
    expect(generatorSettings({}).own).toMatchObject({ 'prior.rho': 'auto' });
    expect(generatorSettings({ method: 'prior', 'prior.rho': '0.5' }).own).toMatchObject({
      'prior.rho': '0.5',
      'gate.posterior': 0.5,
    });
    expect(() => generatorSettings({ 'gate.posterior': 0.95 })).toThrow('gate.posterior: 0.95');
    expect(() => generatorSettings({ 'prior.roh': 1 })).toThrow('prior.roh: no such hyperparameter');
  });

  it("forwards the critic's hyperparameters untouched", () => {
    const { forwarded } = generatorSettings({ 'disc.arch': 'mlp', 'gan.lrD': 1e-3, 'vae.width': 16 });
    expect(forwarded).toEqual({ 'disc.arch': 'mlp', 'gan.lrD': 1e-3 });
  });

  it('accepts a synthRatio of 0', () => {
    expect(generatorSettings({ synthRatio: 0 }).synthRatio).toBe(0);
  });
});

describe('the table of hyperparameters', () => {
  it('can be searched: unique names, defaults within their range, conditions that can hold', () => {
    expect(createSpace(HYPERPARAMETERS).parameters).toHaveLength(HYPERPARAMETERS.length);
  });
});
