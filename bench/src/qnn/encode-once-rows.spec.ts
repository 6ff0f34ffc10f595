import { ENCODE_ONCE_CELLS, encodeOnceRows, expectedGain } from './encode-once-rows.ts';

describe('encodeOnceRows', () => {
  it('times whole steps and kernels by columns and row by row, which agree', async () => {
    let ms = 0;
    // A clock that advances 150 ms a look: each turn is one batch.
    const rows = await encodeOnceRows({ qubits: 4, layers: 2, batch: 256 }, () => (ms += 150));
    const wanted = {
      value: 150,
      peerValue: 150,
      ratio: 1,
      peer: 'row by row',
      case: 'n=4 L=2 B=256, encoded once, wasm float32',
    };
    expect(rows).toMatchObject([
      { ...wanted, metric: 'forward + adjoint' },
      { ...wanted, metric: 'kernels, one core' },
    ]);
    expect(rows[0].note).toMatch(/^by count [\d.]+×$/);
  });
});

describe('expectedGain', () => {
  it('grows with layers and with rows', () => {
    const [six, twenty] = ENCODE_ONCE_CELLS.map(expectedGain);
    expect(six).toBeGreaterThan(2);
    expect(twenty).toBeGreaterThan(2 * six);
    expect(expectedGain({ qubits: 4, layers: 20, batch: 32 })).toBeLessThan(twenty / 2);
  });
});
