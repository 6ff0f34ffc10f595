import type { ArmResult, Interval } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { armLabel } from '../../result/arms.ts';
import type { Headline } from '../../result/headline.ts';
import { armClass } from './arm-style.ts';
import { axisX, type PlotArea } from './axes.ts';
import { extent, linearScale } from './scale.ts';
import { drawing, element, label, line, type Markup } from './svg.ts';

const ROW = 30;
const WIDTH = 430;
const LABELS = 158;

/** One drawing of dots with whiskers. */
interface Panel {
  readonly id: string;
  readonly title: string;
  readonly of: (arm: ArmResult) => Interval | undefined;
  readonly format: (value: number) => string;
}

/** Two drawings, the headline's accuracy and loss: arms, each a row, as dots with 95% whiskers; a dashed line marks real data only. */
export function plotArms(arms: readonly ArmResult[], headline: Headline): Markup[] {
  const panels: readonly Panel[] = [
    {
      id: 'plot-accuracy',
      title: `${headline.name}, %`,
      of: (arm) => scaled(headline.of(arm), 100),
      format: (value) => value.toFixed(1),
    },
    { id: 'plot-loss', title: 'loss', of: (arm) => arm.loss, format: (value) => value.toFixed(3) },
  ];
  return panels.map((panel) => plotPanel(panel, arms));
}

function plotPanel(panel: Panel, arms: readonly ArmResult[]): Markup {
  const area: PlotArea = { left: LABELS, right: WIDTH - 50, top: 24, bottom: 26 + arms.length * ROW };
  const values = arms.flatMap((arm) => {
    const interval = panel.of(arm);
    return interval === undefined ? [] : [interval.lower, interval.upper, interval.estimate];
  });
  const scale = linearScale(extent(values, 0.06), [area.left, area.right], { ticks: 4 });
  const reference = arms.length > 0 ? panel.of(arms[0]) : undefined;
  const names = arms.map((arm, row) =>
    label(LABELS - 12, 26 + row * ROW + ROW / 2 + 4, armLabel(arm), {
      class: `arm-name ${arm.name === 'qloom' ? 'strong' : ''}`,
      'text-anchor': 'end',
    }),
  );
  const description = arms.map((arm) => `${armLabel(arm)} ${words(panel, arm)}`).join('; ');
  return drawing(
    WIDTH,
    area.bottom + 26,
    { id: panel.id, title: `Test ${panel.title} of every arm`, description },
    label(area.left, 13, panel.title, { class: 'panel-title' }),
    axisX(scale, area),
    reference === undefined
      ? ''
      : line(scale(reference.estimate), area.top, scale(reference.estimate), area.bottom, 'reference'),
    ...names,
    ...arms.map((arm, row) => drawRow(panel.of(arm), arm, 26 + row * ROW + ROW / 2, scale, area, panel)),
  );
}

function drawRow(
  interval: Interval | undefined,
  arm: ArmResult,
  y: number,
  scale: (value: number) => number,
  area: PlotArea,
  panel: Panel,
): Markup {
  if (interval === undefined) return label(area.right + 8, y + 4, '–', { class: 'value muted' });
  return element(
    'g',
    { class: armClass(arm) },
    line(scale(interval.lower), y, scale(interval.upper), y, 'whisker'),
    element('circle', { cx: scale(interval.estimate), cy: y, r: 5, class: 'dot' }),
    label(area.right + 8, y + 4, panel.format(interval.estimate), { class: 'value' }),
  );
}

function scaled(interval: Interval | undefined, factor: number): Interval | undefined {
  if (interval === undefined) return undefined;
  const { estimate, lower, upper, level } = interval;
  return { estimate: estimate * factor, lower: lower * factor, upper: upper * factor, level };
}

function words(panel: Panel, arm: ArmResult): string {
  const interval = panel.of(arm);
  if (interval === undefined) return 'not defined';
  if (interval.level === 0) return panel.format(interval.estimate);
  return `${panel.format(interval.estimate)} (${panel.format(interval.lower)} to ${panel.format(interval.upper)})`;
}
