import { at, marker, roleClass } from '../../compare/page/plots/markers.ts';
import type { ArmRole } from '../../compare/result/compare-result.ts';
import { axisX, axisY, type PlotArea } from '../../report/plots/axes.ts';
import { extent, linearScale, logScale } from '../../report/plots/scale.ts';
import { drawing, element, escapeText, line, type Markup } from '../../report/plots/svg.ts';
import type { CurvePoint, LabelCurves } from '../curves/label-curves.ts';

const WIDTH = 720;
const HEIGHT = 380;
const AREA: PlotArea = { left: 56, right: WIDTH - 18, top: 14, bottom: HEIGHT - 48 };

/** The curves of a campaign, by the role whose colour and mark they have. */
export const CURVES: readonly (readonly [
  role: ArmRole,
  of: (curves: LabelCurves) => readonly CurvePoint[],
  name: string,
])[] = [
  ['real-only', ({ random }) => random, 'labels chosen at random alone'],
  ['qloom', ({ campaign }) => campaign, 'all labels of the campaign'],
];

/** Accuracy against the number of labels. */
export function plotLabelCurves(curves: LabelCurves): Markup {
  const all = CURVES.flatMap(([, of]) => of(curves));
  const counts = all.map(({ labels }) => labels);
  const ends = all.flatMap(({ accuracy }) => [100 * accuracy.low, 100 * accuracy.high]);
  const [low, high] = extent(ends, 0.05);
  const y = linearScale([Math.max(0, low), Math.min(100, high)], [AREA.bottom, AREA.top], { ticks: 6 });
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const x = logScale(least === most ? [least / 1.6, most * 1.6] : [least * 0.92, most * 1.08], [AREA.left, AREA.right]);
  const words = CURVES.map(
    ([, of, name]) =>
      `${name}: ${of(curves)
        .map(({ labels, accuracy }) => `${percent(accuracy.estimate)}% with ${labels}`)
        .join(', ')}`,
  );
  return drawing(
    WIDTH,
    HEIGHT,
    { id: 'label-curves', title: 'Accuracy against labels', description: words.join('; ') },
    axisX(x, AREA, { title: 'labels', grid: false, format: String }),
    axisY(y, AREA, { title: 'accuracy, %' }),
    ...CURVES.map(([role, of, name], i) => curveOf(role, name, of(curves), x, y, 4 * i - 2)),
  );
}

function curveOf(
  role: ArmRole,
  name: string,
  points: readonly CurvePoint[],
  x: (value: number) => number,
  y: (value: number) => number,
  shift: number,
): Markup {
  if (points.length === 0) return '';
  const places = points.map(({ labels, accuracy }) => [x(labels) + shift, y(100 * accuracy.estimate)] as const);
  const d = places.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${at(px)} ${at(py)}`).join('');
  const marks = points.map(({ labels, accuracy: { estimate, low, high } }, i) => {
    const text = `${name}, ${labels}: ${percent(estimate)}% [${percent(low)}, ${percent(high)}]`;
    const [px, py] = places[i];
    return line(px, y(100 * low), px, y(100 * high), 'whisker thin') + marker(role, px, py, 4.4, escapeText(text));
  });
  return element('g', { class: roleClass(role) }, element('path', { d, class: `curve ${role}` }), ...marks);
}

/** A share in percent, with one decimal. */
export const percent = (share: number): string => (100 * share).toFixed(1);
