import { type Scale, tickText } from './scale.ts';
import { element, label, line, type Markup } from './svg.ts';

/** The inner rectangle of a plot. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Description of an axis. */
export interface AxisOptions {
  readonly title?: string;
  readonly format?: (value: number) => string;
  readonly grid?: boolean;
}

/** About how wide a character of a tick is. */
const CHARACTER_WIDTH = 6.6;

/** A horizontal axis under `area`, with faint grid lines. */
export function axisX(
  scale: Scale,
  area: PlotArea,
  { title, format = tickText, grid = true }: AxisOptions = {},
): Markup {
  let free = Number.NEGATIVE_INFINITY;
  const ticks = scale.ticks.map((value) => {
    const x = scale(value);
    const text = format(value);
    const half = (text.length * CHARACTER_WIDTH) / 2;
    const mark = grid ? line(x, area.top, x, area.bottom, 'grid') : line(x, area.bottom, x, area.bottom + 4, 'axis');
    // A number that would touch the one before it is left out; its mark stays.
    if (x - half < free) return mark;
    free = x + half + CHARACTER_WIDTH;
    return mark + label(x, area.bottom + 16, text, { class: 'tick', 'text-anchor': 'middle' });
  });
  const middle = (area.left + area.right) / 2;
  const name =
    title === undefined ? '' : label(middle, area.bottom + 34, title, { class: 'axis-title', 'text-anchor': 'middle' });
  return element('g', {}, ...ticks, line(area.left, area.bottom, area.right, area.bottom, 'axis'), name);
}

/** A vertical axis left of `area`, with faint grid lines. */
export function axisY(
  scale: Scale,
  area: PlotArea,
  { title, format = tickText, grid = true }: AxisOptions = {},
): Markup {
  const ticks = scale.ticks.map((value) => {
    const y = scale(value);
    return (
      (grid ? line(area.left, y, area.right, y, 'grid') : line(area.left - 4, y, area.left, y, 'axis')) +
      label(area.left - 7, y + 4, format(value), { class: 'tick', 'text-anchor': 'end' })
    );
  });
  const middle = (area.top + area.bottom) / 2;
  const name =
    title === undefined
      ? ''
      : label(0, 0, title, {
          class: 'axis-title',
          'text-anchor': 'middle',
          transform: `translate(${area.left - 40} ${middle}) rotate(-90)`,
        });
  return element('g', {}, ...ticks, name);
}
