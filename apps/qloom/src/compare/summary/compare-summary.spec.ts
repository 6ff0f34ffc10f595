import { styleOf } from '../../terminal/style.ts';
import { makeComparedCell, makeComparedCells, USUAL_CELLS } from '../../testing/compared-cells.ts';
import { compareCells } from '../result/compare-cells.ts';
import { renderCompareSummary } from './compare-summary.ts';

const style = styleOf({}, {});
const compared = makeComparedCells(USUAL_CELLS.slice(2, 5));
const failed = {
  ...makeComparedCell({ ...USUAL_CELLS[0], labels: 9 }),
  state: 'failed' as const,
  message: 'diverged',
  result: undefined,
};
const result = compareCells({ ...compared, cells: [...compared.cells, failed] });

describe('the summary of a comparison', () => {
  it('has a row for each cell, with a verdict, and the page', () => {
    const text = renderCompareSummary(result, { style, columns: 130, page: 'runs/x/report.html' });
    expect(text).toMatch(
      /hidden-manifold-n80 +7\d\.\d +8\d\.\d +\+\d\.\d \[\+\d\.\d, \+\d\.\d\] +\d+ \[\d+, \d+\] +class Gaussian 8\d\.\d +20\/20 +helps/,
    );
    expect(text).toMatch(/hidden-manifold-n320 .* no gap .* 0\/20 +no sure difference, not worse/);
    expect(text).toMatch(/hidden-manifold-n9 .*failed: diverged/);
    expect(text).toContain('Page  runs/x/report.html');
  });

  it('keeps to the width of the terminal, whose less important columns it leaves out', () => {
    for (const columns of [84, 104, 118, 130]) {
      const lines = renderCompareSummary(compareCells(compared), { style, columns, page: 'p' }).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
  });
});
