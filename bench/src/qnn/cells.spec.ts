import { parseOnly } from '../harness/only.ts';
import { cellName, cellsOf } from './cells.ts';

describe('cellsOf', () => {
  it('has 30 cells in full, and few otherwise', () => {
    expect(cellsOf(true, new Map())).toHaveLength(5 * 2 * 3);
    expect(cellsOf(false, new Map()).map(cellName)).toEqual(['n=4 L=6 B=256', 'n=8 L=6 B=256']);
  });

  it('takes from the whole table what is named', () => {
    const named = cellsOf(false, parseOnly(['qubits=12', 'batches=32,1024']));
    expect(named.map(cellName)).toEqual(['n=12 L=3 B=32', 'n=12 L=3 B=1024', 'n=12 L=6 B=32', 'n=12 L=6 B=1024']);
  });

  it('has a batch that fills a GPU where it is named', () => {
    expect(cellsOf(true, parseOnly(['qubits=8', 'batches=16384'])).map(cellName)).toEqual([
      'n=8 L=3 B=16384',
      'n=8 L=6 B=16384',
    ]);
  });

  it('throws for what the table has not', () => {
    expect(() => cellsOf(true, parseOnly(['layers=4']))).toThrow("--only layers: '4' is none of 3, 6");
  });
});
