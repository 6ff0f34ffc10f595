import { gridFigure, paragraph } from '../../../report/html.ts';
import type { Markup } from '../../../report/plots/svg.ts';
import { formatValue } from '../../../terminal/format.ts';
import type { ArmRole, CellResult, CompareResult } from '../../result/compare-result.ts';
import { markerKey } from '../plots/markers.ts';
import { plotLabels } from '../plots/plot-labels.ts';

/** Scores against the number of labels, task by task. */
export function labelsSection({ cells }: CompareResult): Markup {
  const drawings = plotLabels(cells);
  if (drawings.length === 0) return '';
  const scores = new Set(cells.flatMap((cell) => cell.finished?.score ?? []));
  const mixed = scores.size > 1 ? ' The score is balanced accuracy where the classes of the test set are unequal.' : '';
  return (
    paragraph(
      'The same QNN with the same number of steps, trained on N labels alone, with Qloom’s points added, ' +
        `${hasBaselines(cells) ? 'with the best baseline’s, ' : ''}and with ${oracleText(cells)} (the oracle: what no method can be expected to pass).${mixed}`,
    ) +
    markerKey([
      ['real-only', 'real data only'],
      ['qloom', 'Qloom, as it chooses'],
      ...baselineKey(cells),
      ['oracle', 'oracle'],
    ]) +
    gridFigure(
      drawings,
      'Mean over draws with its 95% interval, for other draws and other test points.' +
        (hasBaselines(cells)
          ? ' The best baseline is picked after the fact, by its mean on the test set, which flatters it.'
          : ''),
      'grid large',
    )
  );
}

function hasBaselines(cells: readonly CellResult[]): boolean {
  return cells.some(({ finished }) => finished?.bestBaseline !== undefined);
}

/** The entry of the best baseline in a key; none where no cell has a baseline, as with a generator that offers none. */
export function baselineKey(cells: readonly CellResult[]): [ArmRole, string][] {
  return hasBaselines(cells) ? [['baseline', 'best baseline of the cell']] : [];
}

/** What the oracle adds: `8 true samples for each label`. */
export function oracleText(cells: readonly CellResult[]): string {
  const ratios = [...new Set(cells.flatMap((cell) => cell.finished?.oracleRatio ?? []))];
  return ratios.length === 1 ? `${formatValue(ratios[0])} true samples for each label` : 'true samples of the task';
}
