import { markerKey } from '../../compare/page/plots/markers.ts';
import { paragraph, section, table, wideFigure } from '../../report/html.ts';
import type { Markup } from '../../report/plots/svg.ts';
import type { CurvePoint, LabelCurves } from '../curves/label-curves.ts';
import { LEAST_RANDOM } from '../curves/training-sets.ts';
import { CURVES, percent, plotLabelCurves } from './plot-label-curves.ts';

const TITLE = 'What the labels are worth';

/** How good the labels make a QNN, beside those chosen at random. */
export function curvesSection(curves: LabelCurves | null): Markup {
  if (curves === null) {
    return section(
      TITLE,
      paragraph(
        `Fewer than ${LEAST_RANDOM} of the labelled points were chosen at random, so that there is no fair sample to measure an accuracy on. ` +
          'Label more, or give points with known labels: qloom labels --page … --test FILE.',
      ),
    );
  }
  const counts = [...new Set(CURVES.flatMap(([, of]) => of(curves).map(({ labels }) => labels)))].sort((a, b) => a - b);
  const cell = (points: readonly CurvePoint[], labels: number): Markup => {
    const found = points.find((point) => point.labels === labels)?.accuracy;
    return found === undefined ? '–' : `${percent(found.estimate)} [${percent(found.low)}, ${percent(found.high)}]`;
  };
  return section(
    TITLE,
    paragraph(
      'Three QNNs with the settings of the campaign are trained on its first labels, as many as the axis says, and vote; no synthetic points. ' +
        measuredText(curves),
    ),
    paragraph(differenceText(curves)),
    markerKey(CURVES.map(([role, , name]) => [role, name])),
    wideFigure(
      plotLabelCurves(curves),
      'Share of right predictions with its 95% interval, for other points of the same kind; not for other campaigns.',
    ),
    table(
      ['labels', ...CURVES.map(([, , name]) => `${name}, %`)],
      counts.map((labels) => ({ cells: [String(labels), ...CURVES.map(([, of]) => cell(of(curves), labels))] })),
    ),
  );
}

/** What the accuracies are measured on. */
function measuredText({ measuredOn, measuredPoints }: LabelCurves): string {
  return measuredOn === 'test'
    ? `Accuracy is that on ${measuredPoints} points of a file of their own, averaged over their classes.`
    : `Accuracy is that on the ${measuredPoints} points that were chosen at random, which are a fair sample of the pool, each predicted by QNNs that ` +
        'were not trained on it.';
}

/** What choosing was worth, in a sentence. */
export function differenceText({ difference, random }: LabelCurves): string {
  if (difference === null) {
    return random.length === 0
      ? 'No labelled point was chosen at random, so that there is nothing to compare with.'
      : 'Every label was chosen at random.';
  }
  const { labels, interval } = difference;
  const points = (share: number) => `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
  const verdict =
    interval.low > 0
      ? 'the chosen labels are worth more'
      : interval.high < 0
        ? 'the random labels are worth more: consider another policy'
        : 'the difference is not sure';
  return (
    `With ${labels} labels each, those of the campaign give ${points(interval.estimate)} points of accuracy against random ones ` +
    `[${points(interval.low)}, ${points(interval.high)}]: ${verdict}.`
  );
}
