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

  it('finds a method by its name', () => {
    expect(methodNamed('gan')).toBe(METHODS.gan);
    expect([methodNamed('flow'), methodNamed('toString')]).toEqual([undefined, undefined]);
  });
});
