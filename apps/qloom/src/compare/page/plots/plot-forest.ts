import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { axisX, type PlotArea } from '../../../report/plots/axes.ts';
import { extent, linearScale } from '../../../report/plots/scale.ts';
import { drawing, element, escapeText, type FigureText, label, line, type Markup } from '../../../report/plots/svg.ts';
import type { ArmRole } from '../../result/compare-result.ts';
import { at, marker, roleClass } from './markers.ts';

const WIDTH = 760;
const ROW = 22;
const HEAD = 8;

/** A mark of a row of a forest plot. */
interface ForestMark {
  readonly role: ArmRole;
  readonly interval: Interval;
  readonly title: string;
}

/** A row of a forest plot. */
export interface ForestRow {
  readonly label: string;
  readonly marks: readonly ForestMark[];
  /** At the right end. */
  readonly value: string;
  /** Shown instead of marks. */
  readonly note?: string;
  readonly isStrong?: boolean;
}

/** How a forest plot is drawn. */
export interface ForestOptions {
  readonly text: FigureText;
  readonly axisTitle: string;
  /** What a value is multiplied by for the axis. */
  readonly factor: number;
  /** Vertical lines, with their class: `zero` or `reference`. */
  readonly lines: readonly (readonly [value: number, className: string])[];
  /** Shaded from, to. */
  readonly band?: readonly [number, number];
  /** The axis goes no further than this; longer intervals end in an arrow. */
  readonly limits?: readonly [number, number];
}

/** Estimates with intervals, a row each. */
export function plotForest(rows: readonly ForestRow[], options: ForestOptions): Markup {
  const { factor, limits = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] } = options;
  const names = Math.min(250, 24 + 7 * Math.max(...rows.map((row) => row.label.length)));
  const values = Math.max(60, 16 + 7.6 * Math.max(...rows.map((row) => row.value.length)));
  const tall = (row: ForestRow): number => Math.max(1, row.marks.length) * 9 + ROW - 9;
  const bottom = HEAD + rows.reduce((sum, row) => sum + tall(row), 0);
  const area: PlotArea = { left: names, right: WIDTH - values, top: HEAD, bottom };
  const ends = rows.flatMap((row) => row.marks.flatMap(({ interval: { low, high } }) => [low * factor, high * factor]));
  const [least, most] = extent([...ends, ...options.lines.map(([value]) => value)], 0.04);
  const scale = linearScale([Math.max(limits[0], least), Math.min(limits[1], most)], [area.left, area.right], {
    ticks: 7,
  });
  let top = HEAD;
  const drawn = rows.map((row, i) => {
    const height = tall(row);
    const y = top + height / 2;
    top += height;
    const stripe = i % 2 === 0 ? '' : element('rect', { x: 0, y: y - height / 2, width: WIDTH, height, class: 'band' });
    return { stripe, marks: drawRow(row, y, scale, area, factor) };
  });
  const band =
    options.band === undefined
      ? ''
      : element('rect', {
          x: scale(options.band[0]),
          y: area.top,
          width: Math.max(0, scale(options.band[1]) - scale(options.band[0])),
          height: bottom - area.top,
          class: 'null-band',
        });
  return drawing(
    WIDTH,
    bottom + 44,
    options.text,
    ...drawn.map(({ stripe }) => stripe),
    band,
    axisX(scale, area, { title: options.axisTitle }),
    ...options.lines.map(([value, className]) => line(scale(value), area.top, scale(value), area.bottom, className)),
    ...drawn.map(({ marks }) => marks),
  );
}

function drawRow(
  row: ForestRow,
  y: number,
  scale: ((value: number) => number) & { readonly domain: readonly [number, number] },
  area: PlotArea,
  factor: number,
): Markup {
  const strong = row.isStrong ? 'strong' : '';
  const texts =
    label(area.left - 12, y + 4, row.label, { class: `arm-name ${strong}`, 'text-anchor': 'end' }) +
    label(area.right + 10, y + 4, row.value, { class: `value ${strong}` });
  if (row.note !== undefined) {
    return texts + label(area.left + 8, y + 4, row.note, { class: 'muted' });
  }
  const marks = row.marks.map(({ role, interval, title }, i) => {
    const height = y + (i - (row.marks.length - 1) / 2) * 9;
    const value = interval.estimate * factor;
    const [low, high] = scale.domain;
    const mark = value < low || value > high ? '' : marker(role, scale(value), height, 4.4, escapeText(title));
    return element('g', { class: roleClass(role) }, ...whisker(interval, factor, height, scale), mark);
  });
  return texts + marks.join('');
}

/** The line of an interval, with an arrow where it goes beyond the axis. */
function whisker(
  { low, high }: Interval,
  factor: number,
  y: number,
  scale: ((value: number) => number) & { readonly domain: readonly [number, number] },
): Markup[] {
  const [least, most] = scale.domain;
  const [from, to] = [Math.max(least, Math.min(most, low * factor)), Math.min(most, Math.max(least, high * factor))];
  const arrow = (value: number, way: number): Markup =>
    element('path', {
      d: `M${at(scale(value) - 5 * way)} ${at(y - 4)}l${at(5 * way)} 4l${at(-5 * way)} 4`,
      class: 'arrow',
    });
  return [
    line(scale(from), y, scale(to), y, 'whisker'),
    ...(low * factor < least ? [arrow(least, -1)] : []),
    ...(high * factor > most ? [arrow(most, 1)] : []),
  ];
}
