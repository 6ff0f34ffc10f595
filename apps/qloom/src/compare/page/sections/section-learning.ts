import { gridFigure, paragraph } from '../../../report/html.ts';
import { element, escapeText, type Markup } from '../../../report/plots/svg.ts';
import { QLOOM_UNSELECTED } from '../../../result/arms.ts';
import type { ArmOfCell, CompareResult, FinishedCell } from '../../result/compare-result.ts';
import { markerKey } from '../plots/markers.ts';
import { plotCurves, type RoledCurve } from '../plots/plot-curves.ts';
import { baselineKey } from './section-labels.ts';

/** Losses of the QNN and of Qloom's generator along their trainings, cell by cell. */
export function learningSection({ cells }: CompareResult): Markup {
  const finished = cells.flatMap((cell) =>
    cell.finished === undefined ? [] : [{ name: cell.name, cell: cell.finished }],
  );
  const qnn = finished.flatMap(({ name, cell }, i) => plotCurves(`qnn-curve-${i}`, name, qnnCurves(cell)) ?? []);
  if (qnn.length === 0) return '';
  const fits = finished.flatMap(({ name, cell }, i) => {
    const plots = fitPlots(cell, i);
    return plots.length === 0 ? [] : [element('h3', {}, escapeText(name)) + gridFigure(plots, '')];
  });
  return (
    markerKey([['real-only', 'real data only'], ['qloom', 'Qloom'], ...baselineKey(cells), ['oracle', 'oracle']]) +
    gridFigure(
      qnn,
      'Training loss of the QNN on the points of each arm, mean over draws and seeds. Lower is not better: a QNN ' +
        'that learns a few points by heart has the lowest loss.',
    ) +
    (fits.length === 0
      ? ''
      : element(
          'details',
          {},
          element('summary', {}, 'Losses of the generator’s fits'),
          paragraph(
            'Mean over the draws with a fit, names as in the generator’s progress. Where Qloom added nothing they are of its candidate that was not chosen.',
            'note',
          ),
          ...fits,
        ))
  );
}

function qnnCurves(cell: FinishedCell): RoledCurve[] {
  const shown = [armOf(cell, 'real-only'), armOf(cell, cell.bestBaseline), armOf(cell, 'oracle'), armOf(cell, 'qloom')];
  return shown.flatMap((arm) => {
    const curve = arm?.curves.find(({ name }) => name === 'qnn');
    return arm === undefined || curve === undefined ? [] : [{ role: arm.role, label: arm.label, curve }];
  });
}

function fitPlots(cell: FinishedCell, index: number): Markup[] {
  // Where Qloom added nothing, the fits are those of the candidate that was not chosen.
  const fitted = [armOf(cell, 'qloom'), armOf(cell, QLOOM_UNSELECTED)].map(
    (arm) => arm?.curves.filter((curve) => curve.name !== 'qnn') ?? [],
  );
  const curves = fitted.find((known) => known.length > 0) ?? [];
  return curves.flatMap((curve, i) => {
    return (
      plotCurves(`fit-curve-${index}-${i}`, curve.name, [{ role: 'qloom', label: escapeText(curve.name), curve }]) ?? []
    );
  });
}

function armOf({ arms }: FinishedCell, name: string | undefined): ArmOfCell | undefined {
  return arms.find((arm) => arm.name === name);
}
