import { parseObservable } from './observable-text.ts';

describe('parseObservable', () => {
  it.each([
    ['Z0', [[1, 'ZII']]],
    ['X0 X1', [[1, 'XXI']]],
    ['-Y2', [[-1, 'IIY']]],
    [
      '0.5*Z0 Z1 - 1.2*X0',
      [
        [0.5, 'ZZI'],
        [-1.2, 'XII'],
      ],
    ],
    [
      'Z0Z1+.5*X2',
      [
        [1, 'ZZI'],
        [0.5, 'IIX'],
      ],
    ],
    [
      '1e-1*Z2 + 3',
      [
        [0.1, 'IIZ'],
        [3, 'III'],
      ],
    ],
    [
      '2 - Z0',
      [
        [2, 'III'],
        [-1, 'ZII'],
      ],
    ],
    ['2 * I', [[2, 'III']]],
  ])('reads %s', (text, terms) => {
    const { terms: read } = parseObservable(text, 3);
    expect(read.map(({ coefficient, paulis }) => [coefficient, paulis])).toEqual(terms);
  });

  it.each([
    ['', 'has no terms'],
    ['Z3', 'qubit 3 is not one of 0 … 2'],
    ['Z0 X0', 'qubit 0 is twice'],
    ['Q0', "'Q0' is not a term"],
    ['Z', "'Z' is not a term"],
    ['Z0 2', "'2' is not a term"],
    ['2 Z0', "'2 Z0' is not a term"],
    ['Z0 + + X1', 'is not a term'],
  ])('refuses %p: %s', (text, message) => {
    expect(() => parseObservable(text, 3)).toThrow(message);
  });

  it('refuses texts that are too long, and too many terms or qubits', () => {
    expect(() => parseObservable('I'.repeat(8_000_000), 3)).toThrow('8000000 characters; at most 1048576 are right');
    expect(() => parseObservable('Z0+'.repeat(20_000).concat('Z0'), 3)).toThrow('more than 20000 terms');
    expect(() => parseObservable('Z99999999999', 100_000_000_000)).toThrow(
      '100000000000 qubits are above the maximum of 20',
    );
  });
});
