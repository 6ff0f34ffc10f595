import { decodeFiniteValues, decodeNamedValues, encodeNamedValues } from './named-values.ts';

describe('named values', () => {
  it('keep names, numbers and order', () => {
    const values = { 'auditor.auc': 0.5, frechet: 0, loss: -1e-300 };
    expect(Object.entries(decodeNamedValues(encodeNamedValues(values)))).toEqual(Object.entries(values));
  });

  it('leave out numbers that are not finite when they are sent, and when a measurement is read', () => {
    const given = { loss: Number.NaN, auc: Number.POSITIVE_INFINITY, frechet: 1 };
    const messages = Object.entries(given).map(([name, value]) => ({ name, value }));
    expect(encodeNamedValues(given)).toEqual([{ name: 'frechet', value: 1 }]);
    expect(decodeFiniteValues(messages)).toEqual({ frechet: 1 });
  });

  it('keep numbers that are not finite for a reader that must refuse them', () => {
    expect(decodeNamedValues([{ name: 'adversarial', value: Number.NaN }])).toEqual({ adversarial: Number.NaN });
  });
});
