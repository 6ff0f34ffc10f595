import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { paragraph, wideFigure } from '../../../report/html.ts';
import type { Markup } from '../../../report/plots/svg.ts';
import { formatSigned } from '../../../terminal/format.ts';
import type { ArmOfCell, CellResult, CompareResult, FinishedCell } from '../../result/compare-result.ts';
import { qloomOf } from '../../result/headline-sentences.ts';
import { markerKey } from '../plots/markers.ts';
import { type ForestRow, plotForest } from '../plots/plot-forest.ts';
import { baselineKey } from './section-labels.ts';

/** A cell with its result. */
type Finished = CellResult & { readonly finished: FinishedCell };

/** The share of the gap to true samples that Qloom and the best baseline close, cell by cell. */
export function gapSection({ cells }: CompareResult): Markup {
  const rows = finishedOf(cells).flatMap(({ name, finished }): ForestRow[] => {
    const qloom = qloomOf(finished);
    const baseline = finished.arms.find((arm) => arm.name === finished.bestBaseline);
    if (qloom === undefined || (qloom.gapClosed === undefined && qloom.noGap === undefined)) return [];
    if (qloom.gapClosed === undefined) return [{ label: name, marks: [], value: '–', note: qloom.noGap }];
    return [{ label: name, marks: [qloom, baseline].flatMap(markOf), value: percents(qloom.gapClosed) }];
  });
  if (rows.every((row) => row.marks.length === 0)) return rows.length === 0 ? '' : noGaps(rows);
  return (
    paragraph(
      'Real data only is 0%, as many true samples as the oracle adds are 100%. Where true samples themselves gain less than a point, or ' +
        'not surely anything, there is no gap, and nothing is divided by it.',
    ) +
    markerKey([['qloom', 'Qloom, as it chooses'], ...baselineKey(cells)]) +
    wideFigure(
      plotForest(rows, {
        text: { id: 'gaps', title: 'Share of the gap closed, by cell', description: described(rows) },
        axisTitle: 'gap closed, %',
        factor: 100,
        lines: [
          [0, 'zero'],
          [100, 'reference'],
        ],
        limits: [-80, 180],
      }),
      'Ratio of mean gains, with its 95% interval: BCa bootstrap over draws, widened by the error of the test set that they share.',
    )
  );
}

function noGaps(rows: readonly ForestRow[]): Markup {
  return rows.map(({ label, note }) => paragraph(`${label}: ${note ?? ''}.`)).join('');
}

function markOf(arm: ArmOfCell | undefined): ForestRow['marks'] {
  if (arm?.gapClosed === undefined) return [];
  return [{ role: arm.role, interval: arm.gapClosed, title: `${arm.label}: ${percents(arm.gapClosed)}` }];
}

/** Non-inferiority of Qloom to real data only at one point, cell by cell. */
export function safetySection({ cells }: CompareResult): Markup {
  const tested = finishedOf(cells).flatMap(({ name, finished }) => {
    const { notWorse } = finished;
    const gain = qloomOf(finished)?.gain;
    return notWorse === undefined || gain === undefined ? [] : [{ name, notWorse, gain }];
  });
  if (tested.length === 0) return '';
  const margin = 100 * tested[0].notWorse.margin;
  const rows = tested.map(({ name, notWorse, gain }): ForestRow => {
    const { difference } = gain;
    const bound = notWorse.lowerBound <= -1 ? 'not known' : `≥ ${formatSigned(100 * notWorse.lowerBound, 1)}`;
    const title = `${name}: ${formatSigned(100 * notWorse.estimate, 1)} points, lower bound ${bound}`;
    return {
      label: name,
      marks: [{ role: 'qloom', interval: difference, title }],
      value: `${notWorse.holds ? '✓' : '?'} ${bound}`,
    };
  });
  return (
    paragraph(
      `Not worse means: the one-sided 97.5% lower bound of the gain is above −${margin} point, on at least five draws. ` +
        'A cell with “?” does not show that Qloom hurts; it does not show that it is harmless either.',
    ) +
    wideFigure(
      plotForest(rows, {
        text: { id: 'safety-plot', title: 'Gain of Qloom over real data only, by cell', description: described(rows) },
        axisTitle: 'gain over real data only, points',
        factor: 100,
        lines: [
          [0, 'zero'],
          [-margin, 'reference'],
        ],
      }),
      'Mean gain with its 95% interval; at the right its lower bound, ✓ where it is above the margin (dashed).',
    )
  );
}

function finishedOf(cells: readonly CellResult[]): Finished[] {
  return cells.flatMap((cell) => (cell.finished === undefined ? [] : [{ ...cell, finished: cell.finished }]));
}

function described(rows: readonly ForestRow[]): string {
  return rows.map(({ label, value, note }) => `${label}: ${note ?? value}`).join('; ');
}

function percents({ estimate, low, high, level }: Interval): string {
  const percent = (share: number): string =>
    Math.round(100 * share)
      .toString()
      .replace('-', '−');
  return level === 0 ? `${percent(estimate)}%` : `${percent(estimate)}% [${percent(low)}, ${percent(high)}]`;
}
