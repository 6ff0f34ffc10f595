import { HYPERPARAMETERS } from '../hyperparameter-table.ts';
import { METHOD_NAMES, METHODS, methodNamed } from './method-table.ts';

describe('the table of methods', () => {
  it.each(METHOD_NAMES)('offers %s, with its hyperparameters active for it', (name) => {
    const active = HYPERPARAMETERS.filter(({ condition }) => condition?.values.includes(name));
    const strength = METHODS[name].strength ? ['rival.strength'] : [];
    expect(active.map((hyperparameter) => hyperparameter.name).sort()).toEqual(
      [...METHODS[name].hyperparameters.map((hyperparameter) => hyperparameter.name), ...strength].sort(),
    );
  });

  it('finds methods by name alone', () => {
    expect(methodNamed('gan')).toBe(METHODS.gan);
    expect([methodNamed('flow'), methodNamed('toString')]).toEqual([undefined, undefined]);
  });

  // A hyperparameter that moves in the list moves in the search space, and with it every proposal.
  it('advertises hyperparameters in an order that does not change', () => {
    expect(HYPERPARAMETERS.map(({ name }) => name)).toEqual([
      'method',
      'rival.strength',
      'vae.layers',
      'vae.width',
      'vae.latentDim',
      'vae.activation',
      'vae.architecture',
      'vae.beta',
      'vae.lambdaRec',
      'gan.lambdaDiv',
      'gan.lambdaMom',
      'gan.lrG',
      'gan.batchSize',
      'gan.steps',
      'synthRatio',
    ]);
  });
});
