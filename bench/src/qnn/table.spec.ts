import { parseOnly } from '../harness/only.ts';
import { besidesOf, measureTable, partName } from './table.ts';

const cells = [2, 4].map((batch) => ({ qubits: 2, layers: 1, batch }));

describe('the table', () => {
  it('knows the peers of an engine, and selects the named ones', () => {
    expect(besidesOf(new Map())).toEqual(expect.arrayContaining(['engines', 'workers', 'c', 'naive', 'jax']));
    expect(besidesOf(parseOnly(['peers=jax,c']))).toEqual(['c', 'jax']);
    expect(() => besidesOf(parseOnly(['peers=abacus']))).toThrow("--only peers: 'abacus' is none of engines, ");
  });

  it('measures the requested parts of each cell, and yields their rows at once', async () => {
    const besides = ['engines', 'naive'];
    const wanted = new Set([partName(cells[0], 'naive'), partName(cells[1], 'naive'), partName(cells[1], 'engines')]);
    const words: string[] = [];
    const said: number[] = [];
    const measured = [];
    for await (const one of measureTable(cells, besides, wanted, (word) => words.push(word))) {
      said.push(words.length);
      if (one.parts.length > 0) measured.push(one);
    }
    expect(measured.map(({ parts }) => parts)).toEqual([
      ['n=2 L=1 B=2: naive'],
      ['n=2 L=1 B=4: engines', 'n=2 L=1 B=4: naive'],
    ]);
    const peers = measured.map(({ rows }) =>
      rows.filter(({ metric }) => metric === 'forward + adjoint').map(({ peer }) => peer),
    );
    expect(peers[0]).toEqual(['naive JavaScript']);
    expect(peers[1]).toEqual(expect.arrayContaining(['naive JavaScript', 'reference float64']));
    expect(new Set(said).size).toBe(said.length);
  });
});
