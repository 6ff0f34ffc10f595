import type { LabelledRows } from '../data/labelled-rows.ts';
import { axisX, axisY, type PlotArea } from './axes.ts';
import { extent, linearScale } from './scale.ts';
import { drawing, element, type Markup } from './svg.ts';

const SIZE = 280;
const AREA: PlotArea = { left: 52, right: SIZE - 10, top: 10, bottom: SIZE - 44 };
const MOST_POINTS = 300;

/** Real points (filled) and synthetic ones (rings) over pairs of features, coloured by class; at most `limit` pairs. */
export function plotScatter(
  real: LabelledRows,
  synthetic: LabelledRows,
  classNames: readonly string[],
  limit = 6,
): Markup[] {
  const features = real.featureNames.length;
  const pairs: [number, number][] = [];
  for (let a = 0; a < features; a++) for (let b = a + 1; b < features; b++) pairs.push([a, b]);
  return pairs.slice(0, limit).map(([a, b]) => plotPair(real, synthetic, classNames, a, b));
}

function plotPair(
  real: LabelledRows,
  synthetic: LabelledRows,
  classNames: readonly string[],
  a: number,
  b: number,
): Markup {
  const [nameA, nameB] = [real.featureNames[a], real.featureNames[b]];
  const shown = thinned(synthetic);
  const values = (column: number): number[] => [...real.x, ...shown.x].map((row) => row[column]);
  const x = linearScale(extent(values(a), 0.06), [AREA.left, AREA.right], { ticks: 4 });
  const y = linearScale(extent(values(b), 0.06), [AREA.bottom, AREA.top], { ticks: 4 });
  const marks = (rows: LabelledRows, kind: 'real' | 'synthetic', radius: number): Markup[] =>
    rows.x.map((row, i) =>
      element('circle', {
        cx: x(row[a]),
        cy: y(row[b]),
        r: radius,
        class: `${kind} k${Math.max(0, classNames.indexOf(rows.classes[i])) % 8}`,
      }),
    );
  return drawing(
    SIZE,
    SIZE,
    {
      id: `plot-scatter-${a}-${b}`,
      title: `Real and synthetic points: ${nameB} against ${nameA}`,
      description: `${real.x.length} real points, filled; ${shown.x.length} of ${synthetic.x.length} synthetic points, rings; classes ${classNames.join(', ')}.`,
    },
    axisX(x, AREA, { title: nameA }),
    axisY(y, AREA, { title: nameB }),
    ...marks(shown, 'synthetic', 3),
    ...marks(real, 'real', 3.4),
  );
}

/** Every k-th row where there are too many to see. */
function thinned(rows: LabelledRows): LabelledRows {
  const step = Math.ceil(rows.x.length / MOST_POINTS);
  const keep = (_: unknown, i: number): boolean => i % step === 0;
  return { featureNames: rows.featureNames, x: rows.x.filter(keep), classes: rows.classes.filter(keep) };
}
