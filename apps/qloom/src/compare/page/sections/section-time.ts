import { paragraph, type TableRow, table } from '../../../report/html.ts';
import { escapeText, type Markup } from '../../../report/plots/svg.ts';
import { formatSeconds } from '../../../terminal/format.ts';
import type { CompareResult } from '../../result/compare-result.ts';

/** Wall-clock time of each arm on one draw, cell by cell, and of whole studies. */
export function timeSection({ cells }: CompareResult): Markup {
  const finished = cells.flatMap((cell) =>
    cell.finished === undefined ? [] : [{ name: cell.name, cell: cell.finished }],
  );
  if (finished.length === 0) return '';
  const arms = new Map(finished.flatMap(({ cell }) => cell.arms.map((arm) => [arm.name, arm.label] as const)));
  const rows = finished.map(
    ({ name, cell }): TableRow => ({
      cells: [
        escapeText(name),
        ...[...arms.keys()].map((armName) => {
          const arm = cell.arms.find((candidate) => candidate.name === armName);
          return arm === undefined ? '–' : formatSeconds(arm.seconds);
        }),
        cell.seconds === 0 ? '–' : formatSeconds(cell.seconds),
      ],
    }),
  );
  return (
    paragraph(
      'Mean wall-clock time of one draw of each arm, synthesis and training of the QNN together, and of each whole study from its creation to its end. ' +
        'Studies that ran at the same time shared the machine.',
    ) + table(['cell', ...arms.values(), 'whole study'], rows)
  );
}
