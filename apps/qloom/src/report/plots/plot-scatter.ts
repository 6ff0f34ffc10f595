import type { LabelledRows } from '../../data/labelled-rows.ts';
import { axisX, axisY, type PlotArea } from './axes.ts';
import { extent, linearScale } from './scale.ts';
import { drawing, element, type Markup } from './svg.ts';

const SIZE = 280;
const AREA: PlotArea = { left: 52, right: SIZE - 10, top: 10, bottom: SIZE - 44 };
const MOST_POINTS = 300;

/** A kind of points in a drawing. */
export interface NamedRows {
  readonly rows: LabelledRows;
  /** Such as `real`. */
  readonly name: string;
}

/** Points of two kinds, filled and as rings, over pairs of features, coloured by class; at most `limit` pairs. */
export function plotScatter(filled: NamedRows, rings: NamedRows, classNames: readonly string[], limit = 6): Markup[] {
  const features = filled.rows.featureNames.length;
  const pairs: [number, number][] = [];
  for (let a = 0; a < features; a++) for (let b = a + 1; b < features; b++) pairs.push([a, b]);
  return pairs.slice(0, limit).map(([a, b]) => plotPair(filled, rings, classNames, a, b));
}

function plotPair(
  { rows: real, name: filled }: NamedRows,
  { rows: synthetic, name: rings }: NamedRows,
  classNames: readonly string[],
  a: number,
  b: number,
): Markup {
  const [nameA, nameB] = [real.featureNames[a], real.featureNames[b]];
  const shown = thinned(synthetic);
  const values = (column: number): number[] => [...real.x, ...shown.x].map((row) => row[column]);
  const [originA, originB] = [originOf(values(a)), originOf(values(b))];
  const from = (column: number, origin: number): readonly [number, number] =>
    extent(
      values(column).map((value) => value - origin),
      0.06,
    );
  const x = linearScale(from(a, originA), [AREA.left, AREA.right], { ticks: 4 });
  const y = linearScale(from(b, originB), [AREA.bottom, AREA.top], { ticks: 4 });
  const marks = (rows: LabelledRows, kind: 'real' | 'synthetic', radius: number): Markup[] =>
    rows.x.map((row, i) =>
      element('circle', {
        cx: x(row[a] - originA),
        cy: y(row[b] - originB),
        r: radius,
        class: `${kind} k${Math.max(0, classNames.indexOf(rows.classes[i])) % 8}`,
      }),
    );
  return drawing(
    SIZE,
    SIZE,
    {
      id: `plot-scatter-${a}-${b}`,
      title: `Points, ${filled} and ${rings}: ${nameB} against ${nameA}`,
      description: `${real.x.length} ${filled} points, filled; ${shown.x.length} of ${synthetic.x.length} ${rings} points, rings; classes ${classNames.join(', ')}.`,
    },
    axisX(x, AREA, { title: titleOf(nameA, originA) }),
    axisY(y, AREA, { title: titleOf(nameB, originB) }),
    ...marks(shown, 'synthetic', 3),
    ...marks(real, 'real', 3.4),
  );
}

/** A round number near values that are far from 0 for their range, such as Unix times, so that ticks can differ; else 0. */
function originOf(values: readonly number[]): number {
  const [low, high] = extent(values, 0);
  const range = high - low;
  if (!(range > 0) || Math.min(Math.abs(low), Math.abs(high)) < 1000 * range) return 0;
  const step = 10 ** Math.ceil(Math.log10(range));
  return Math.floor(low / step) * step;
}

function titleOf(name: string, origin: number): string {
  if (origin === 0) return name;
  return origin < 0 ? `${name} + ${-origin}` : `${name} − ${origin}`;
}

/** Every k-th row where there are too many to see. */
function thinned(rows: LabelledRows): LabelledRows {
  const step = Math.ceil(rows.x.length / MOST_POINTS);
  const keep = (_: unknown, i: number): boolean => i % step === 0;
  return { featureNames: rows.featureNames, x: rows.x.filter(keep), classes: rows.classes.filter(keep) };
}
