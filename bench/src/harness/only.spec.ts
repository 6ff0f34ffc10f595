import { checkKeys, parseOnly, select } from './only.ts';

describe('--only', () => {
  it('adds up the values of a key', () => {
    expect([...parseOnly(['qubits=4,6', 'peers=jax', 'qubits=8'])]).toEqual([
      ['qubits', ['4', '6', '8']],
      ['peers', ['jax']],
    ]);
  });

  it.each(['qubits', 'qubits=', '=4', 'Qubits=4'])("refuses '%s' and shows what is right", (text) => {
    expect(() => parseOnly([text])).toThrow(`'${text}' is not key=value,value, such as qubits=4,6`);
  });

  it('selects in the order of what is known, everything where the key is not named', () => {
    const only = parseOnly(['qubits=8,4']);
    expect(select(only, 'qubits', [4, 6, 8])).toEqual([4, 8]);
    expect(select(only, 'layers', [3, 6])).toEqual([3, 6]);
  });

  it('names a value or a key that there is none of', () => {
    const only = parseOnly(['qubits=5']);
    expect(() => select(only, 'qubits', [4, 6])).toThrow("--only qubits: '5' is none of 4, 6");
    expect(() => checkKeys(only, ['layers', 'peers'])).toThrow("'qubits' is none of layers, peers");
  });
});
