import type { ArmResult, Interval } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { armLabel } from '../../result/arms.ts';
import { armClass } from './arm-style.ts';
import { axisX, type PlotArea } from './axes.ts';
import { extent, linearScale } from './scale.ts';
import { drawing, element, label, line, type Markup } from './svg.ts';

const ROW = 30;
const WIDTH = 680;
const LABELS = 158;

/** Fréchet distances of synthetic points to the test set; the band is that of fresh true samples. */
export function plotDistances(arms: readonly ArmResult[], nullInterval: Interval | undefined): Markup | undefined {
  const rows = arms.flatMap((arm) => (arm.frechet === undefined ? [] : [{ arm, interval: arm.frechet }]));
  if (rows.length === 0) return undefined;
  const area: PlotArea = { left: LABELS, right: WIDTH - 88, top: 8, bottom: 12 + rows.length * ROW };
  const ends = [...rows.map((row) => row.interval), ...(nullInterval === undefined ? [] : [nullInterval])];
  const [low, high] = extent(
    ends.flatMap((interval) => [interval.lower, interval.upper]),
    0.06,
  );
  const scale = linearScale([Math.min(0, low), high], [area.left, area.right], { ticks: 6 });
  const band =
    nullInterval === undefined
      ? ''
      : element('rect', {
          x: scale(nullInterval.lower),
          y: area.top,
          width: Math.max(1, scale(nullInterval.upper) - scale(nullInterval.lower)),
          height: area.bottom - area.top,
          class: 'null-band',
        });
  const drawn = rows.map(({ arm, interval }, row) => {
    const y = 10 + row * ROW + ROW / 2;
    return element(
      'g',
      { class: armClass(arm) },
      label(LABELS - 14, y + 4, armLabel(arm), {
        class: `arm-name ${arm.name === 'qloom' ? 'strong' : ''}`,
        'text-anchor': 'end',
      }),
      line(scale(interval.lower), y, scale(interval.upper), y, 'whisker'),
      element('circle', { cx: scale(interval.estimate), cy: y, r: 5, class: 'dot' }),
      label(area.right + 10, y + 4, interval.estimate.toFixed(3), { class: 'value' }),
    );
  });
  const text = rows.map(({ arm, interval }) => `${armLabel(arm)} ${interval.estimate.toFixed(3)}`).join('; ');
  const nullText =
    nullInterval === undefined
      ? ''
      : `; fresh true samples ${nullInterval.lower.toFixed(3)} to ${nullInterval.upper.toFixed(3)}`;
  return drawing(
    WIDTH,
    area.bottom + 44,
    { id: 'plot-distances', title: 'Fréchet distance to the test set', description: text + nullText },
    band,
    axisX(scale, area, {
      title:
        nullInterval === undefined
          ? 'Fréchet distance to the test set'
          : 'Fréchet distance to the test set; band: fresh true samples',
    }),
    ...drawn,
  );
}
