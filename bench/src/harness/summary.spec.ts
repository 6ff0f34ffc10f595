import { lessIsBetter } from './row.ts';
import { formatSummary, summarize } from './summary.ts';

const row = (peer: string, name: string, peerValue: number, metric = 'time') =>
  lessIsBetter({ bench: 'b', case: name, metric, value: 1, unit: 'ms', peer, peerValue });
const rows = [row('x', 'a', 4), row('y', 'a', 7), row('x', 'b', 2), row('x', 'c', 3), row('y', 'b', Number.NaN)];

describe('a summary', () => {
  it('has the worst ratio with its case, and the median, for each peer and metric', () => {
    expect(summarize([...rows, row('x', 'a', 9, 'first')])).toEqual([
      { metric: 'time', peer: 'x', measured: 3, rows: 3, worst: 2, worstCase: 'b', median: 3 },
      { metric: 'time', peer: 'y', measured: 1, rows: 2, worst: 7, worstCase: 'a', median: 7 },
      { metric: 'first', peer: 'x', measured: 1, rows: 1, worst: 9, worstCase: 'a', median: 9 },
    ]);
  });

  it('of a peer without a figure has none', () => {
    const [none] = summarize([row('y', 'b', Number.NaN)]);
    expect(none).toMatchObject({ measured: 0, rows: 1, worst: Number.NaN, worstCase: '', median: Number.NaN });
  });

  it('is printed for people, with what is missing', () => {
    expect(formatSummary([...rows, row('once', 'a', 1)], ['n=4, x', 'n=6, x'])).toBe(
      [
        'metric  peer  worst  where  median  rows',
        'time    x     2×     b      3×      3',
        'time    y     7×     a      7×      1 of 2',
        '',
        'Not measured: n=4, x; n=6, x',
      ].join('\n'),
    );
  });

  it('counts missing parts beyond a dozen, and is empty where there is nothing to sum up', () => {
    expect(
      formatSummary(
        [],
        Array.from({ length: 15 }, (_, i) => `p${i}`),
      ),
    ).toMatch(/; p11; and 3 more$/);
    expect(formatSummary([row('once', 'a', 1)], [])).toBe('');
  });
});
