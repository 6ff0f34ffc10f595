import { paragraph, type TableRow, table, wideFigure } from '../../../report/html.ts';
import { element, escapeText, type Markup } from '../../../report/plots/svg.ts';
import { formatSigned } from '../../../terminal/format.ts';
import type { CompareResult, Regression } from '../../result/compare-result.ts';
import { type ForestRow, plotForest } from '../plots/plot-forest.ts';

/** Hyperparameters against performance: on test gain where configurations differ, on utility for each search. */
export function hyperparametersSection({ regressions, noGainRegression }: CompareResult): Markup {
  if (regressions.length === 0 && noGainRegression === undefined) return '';
  return [
    paragraph(
      'Rank regression of an outcome on all hyperparameters at once, with robust errors (HC3). R² is beside that of noise: what as many ' +
        'hyperparameters explain where outcomes are in random order.',
    ),
    noGainRegression === undefined
      ? ''
      : paragraph(`On the gain on test data nothing is regressed: ${noGainRegression}`),
    ...regressions.map((regression, i) => regressionBlock(regression, i)),
  ].join('');
}

function regressionBlock(regression: Regression, index: number): Markup {
  const { outcome, of, sentence, effects, importance, pValue } = regression;
  const title = outcome === 'gain' ? `Gain on test data, ${of}` : `Utility in the search of ${of}`;
  const rows = [...effects]
    .sort((a, b) => Math.abs(b.estimate) - Math.abs(a.estimate))
    .map(
      (effect): ForestRow => ({
        label: effect.name,
        marks: [
          { role: 'qloom', interval: effect, title: `${effect.name}: slope ${formatSigned(effect.estimate, 2)}` },
        ],
        value: formatSigned(effect.estimate, 2),
      }),
    );
  const shares = importance.map(
    ({ name, share }): TableRow => ({ cells: [escapeText(name), `${Math.round(100 * share)}%`] }),
  );
  const figures =
    wideFigure(
      plotForest(rows, {
        text: { id: `effects-${index}`, title, description: sentence },
        axisTitle: 'slope of standardized ranks, the others fixed',
        factor: 1,
        lines: [[0, 'zero']],
        limits: [-1.2, 1.2],
      }),
      'Each slope with its 95% interval, not corrected for their number.',
    ) + table(['hyperparameter', 'PED-ANOVA share'], shares);
  // What explains no more than noise is folded: its figures mean nothing.
  const shown =
    pValue < 0.05 ? figures : element('details', {}, element('summary', {}, 'Figures all the same'), figures);
  return element('h3', {}, escapeText(title)) + paragraph(sentence) + shown;
}
