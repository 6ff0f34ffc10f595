import type { Measurement } from './measure-cell.ts';
import { missingRow, tableRows } from './table-rows.ts';

const cell = { qubits: 4, layers: 6, batch: 256 };
const measurement = (given: Partial<Measurement>): Measurement => ({
  name: 'peer',
  ours: false,
  stepMs: Number.NaN,
  forwardMs: Number.NaN,
  firstMs: 100,
  rows: 256,
  note: 'peer 1',
  ...given,
});
const fast = measurement({ name: 'fast', ours: true, stepMs: 0.5, forwardMs: 0.2, firstMs: 10 });
const slow = measurement({ name: 'slow', ours: true, stepMs: 4, forwardMs: 2, firstMs: 5 });

describe('tableRows', () => {
  it('compares the fastest engine with all others', () => {
    const rows = tableRows(cell, [slow, fast, measurement({ stepMs: 2, rows: 8 })]);
    expect(new Set(rows.map((row) => row.case))).toEqual(new Set(['n=4 L=6 B=256, fast']));
    expect(rows.filter(({ metric }) => metric === 'forward + adjoint')).toMatchObject([
      { value: 0.5, peer: 'slow', peerValue: 4, ratio: 8 },
      { value: 0.5, peer: 'peer', peerValue: 2, ratio: 4, note: 'peer 1' },
    ]);
    expect(rows.filter(({ metric }) => metric === 'first result')).toMatchObject([
      { value: 10, peer: 'slow', peerValue: 5, ratio: 0.5 },
      { value: 10, peer: 'peer', peerValue: 100, ratio: 10, note: 'of 8 rows, not scaled' },
      { value: 10, peer: 'budget of 100 ms', ratio: 10 },
    ]);
  });

  it('counts operations by the cell, the same for both', () => {
    const rows = tableRows(cell, [fast, measurement({ stepMs: 2 }), measurement({ stepMs: 3, name: 'later' })]);
    const [sample, rate] = ['per sample', 'rate'].map((metric) => rows.find((row) => row.metric === metric));
    expect(sample).toMatchObject({ peer: 'peer, the fastest peer', unit: 'µs', ratio: 4 });
    expect(sample?.value).toBeCloseTo(500 / 256, 12);
    // 16 amplitudes, 72 rotations of 6 operations three times, 48 overlaps of 4, 13 for the readout; 256 samples in 0.5 ms.
    expect(rate?.value).toBeCloseTo((16 * (72 * 18 + 48 * 4 + 13) * 256) / 0.5e-3 / 1e9, 12);
    expect(rate?.ratio).toBeCloseTo(4, 12);
  });

  it('compares forward passes if a peer has no gradient, and shows failed contenders', () => {
    const forward = measurement({ name: 'forward', forwardMs: 1 });
    const failed = measurement({ name: 'failed', firstMs: Number.NaN, note: 'out of memory' });
    const rows = tableRows(cell, [fast, forward, failed]);
    expect(rows.find(({ peer }) => peer === 'forward')).toMatchObject({ metric: 'forward', value: 0.2, ratio: 5 });
    expect(rows.filter(({ peer }) => peer === 'failed')).toMatchObject([{ ratio: Number.NaN, note: 'out of memory' }]);
    expect(rows.find(({ metric }) => metric === 'rate')).toMatchObject({ peer: 'no peer', ratio: Number.NaN });
  });

  it('has a row for an absent peer', () => {
    expect(missingRow('absent', 'not installed: get it')).toMatchObject({
      ...{ case: 'every cell', peer: 'absent', ratio: Number.NaN, note: 'not installed: get it' },
    });
  });
});
