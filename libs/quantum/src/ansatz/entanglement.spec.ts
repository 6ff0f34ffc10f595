import { ENTANGLEMENTS, entanglingPairs } from './entanglement.ts';

describe('entanglingPairs', () => {
  it.each([
    ['linear', 0, '01 12 23'],
    ['reverse_linear', 0, '23 12 01'],
    ['circular', 0, '30 01 12 23'],
    ['full', 0, '01 02 03 12 13 23'],
    ['pairwise', 0, '01 23 12'],
    ['sca', 0, '30 01 12 23'],
    ['sca', 1, '32 03 10 21'],
    ['sca', 2, '12 23 30 01'],
  ] as const)('%s, block %d: %s, as in Qiskit', (kind, block, wanted) => {
    expect(
      entanglingPairs(kind, 4, block)
        .map((pair) => pair.join(''))
        .join(' '),
    ).toBe(wanted);
  });

  it('returns one pair for two qubits and none for one', () => {
    for (const kind of ENTANGLEMENTS) {
      expect(entanglingPairs(kind, 2)).toEqual([[0, 1]]);
      expect(entanglingPairs(kind, 1)).toEqual([]);
    }
  });
});
