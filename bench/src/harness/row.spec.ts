import { benches } from '../benches.ts';
import { median, quantile } from './percentile.ts';
import { formatNumber, formatTable, lessIsBetter } from './row.ts';

const row = lessIsBetter({
  bench: 'critique',
  case: '64×16',
  metric: 'median',
  value: 0.1,
  unit: 'ms',
  peer: 'grpc-js',
  peerValue: 0.15,
});

describe('a row', () => {
  it('is ahead where its time is below its peer', () => {
    expect(row.ratio).toBeCloseTo(1.5, 12);
    expect(lessIsBetter({ ...row, value: 0.3 }).ratio).toBeCloseTo(0.5, 12);
  });

  it('is printed with four digits, in columns that line up', () => {
    expect(formatNumber(0.114839)).toBe('0.1148');
    const [head, line] = formatTable([row]).split('\n');
    expect(head.indexOf('ahead')).toBe(line.indexOf('1.5×'));
    expect(line).toContain('0.1 ms');
  });
});

describe('quantile', () => {
  // numpy.quantile([4, 1, 3, 2], [0, .25, .5, 1]) = [1, 1.75, 2.5, 4]
  it('is that of numpy', () => {
    expect([0, 0.25, 0.5, 1].map((q) => quantile([4, 1, 3, 2], q))).toEqual([1, 1.75, 2.5, 4]);
    expect(median([7])).toBe(7);
  });
});

describe('benches', () => {
  it('say what they measure', () => {
    for (const [name, { description }] of benches) {
      expect(name).toMatch(/^[a-z-]+$/);
      expect(description.length).toBeGreaterThan(20);
    }
  });
});
