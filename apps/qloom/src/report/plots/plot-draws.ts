import type { ArmResult, Interval } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { armLabel } from '../../result/arms.ts';
import type { Headline } from '../../result/headline.ts';
import { formatSigned } from '../../terminal/format.ts';
import { armClass } from './arm-style.ts';
import { axisX, type PlotArea } from './axes.ts';
import { extent, linearScale } from './scale.ts';
import { drawing, element, label, line, type Markup } from './svg.ts';

const ROW = 44;
const WIDTH = 680;
const LABELS = 158;

/** Each draw's gain over real data only, in points of the headline's score: a dot a draw, under the mean with its 95% interval. */
export function plotDraws(arms: readonly ArmResult[], realOnly: ArmResult, headline: Headline): Markup {
  const compared = arms.filter((arm) => headline.gainOf(arm) !== undefined);
  const gains = compared.map((arm) => pairedGains(arm, realOnly, headline).map((gain) => gain * 100));
  const area: PlotArea = { left: LABELS, right: WIDTH - 88, top: 8, bottom: 8 + compared.length * ROW };
  const ends = compared.flatMap((arm) => {
    const { lower = 0, upper = 0 } = headline.gainOf(arm)?.difference ?? {};
    return [lower * 100, upper * 100];
  });
  const scale = linearScale(extent([0, ...ends, ...gains.flat()], 0.05), [area.left, area.right], { ticks: 7 });
  const rows = compared.map((arm, row) =>
    drawRow(arm, headline.gainOf(arm)?.difference, gains[row], 8 + row * ROW, scale, area),
  );
  const description = compared
    .map((arm, i) => `${armLabel(arm)}: ${gains[i].map((gain) => formatSigned(gain, 1)).join(', ')} points`)
    .join('; ');
  return drawing(
    WIDTH,
    area.bottom + 44,
    { id: 'plot-draws', title: `Gain of ${headline.name} over real data only, draw by draw`, description },
    axisX(scale, area, { title: `${headline.name} over real data only, points, the same draw` }),
    line(scale(0), area.top, scale(0), area.bottom, 'zero'),
    ...rows,
  );
}

/** The score of an arm less that of real data only, for the draws that both have, in order. In [−1, 1]. */
export function pairedGains(arm: ArmResult, realOnly: ArmResult, headline: Headline): number[] {
  const alone = new Map(realOnly.draws.map((draw) => [draw.draw, headline.ofDraw(draw)]));
  return arm.draws.flatMap((draw) => {
    const [ours, theirs] = [headline.ofDraw(draw), alone.get(draw.draw)];
    return ours === undefined || theirs === undefined ? [] : [ours - theirs];
  });
}

function drawRow(
  arm: ArmResult,
  mean: Interval | undefined,
  gains: readonly number[],
  top: number,
  scale: (value: number) => number,
  area: PlotArea,
): Markup {
  const y = top + 15;
  const offsets = swarm(gains.map((gain) => scale(gain)));
  const dots = gains.map((gain, i) =>
    element('circle', { cx: scale(gain), cy: top + 33 - offsets[i], r: 2.6, class: 'draw' }),
  );
  return element(
    'g',
    { class: armClass(arm) },
    label(LABELS - 14, y + 4, armLabel(arm), {
      class: `arm-name ${arm.name === 'qloom' ? 'strong' : ''}`,
      'text-anchor': 'end',
    }),
    ...dots,
    ...(mean === undefined
      ? []
      : [
          line(scale(mean.lower * 100), y, scale(mean.upper * 100), y, 'whisker'),
          element('circle', { cx: scale(mean.estimate * 100), cy: y, r: 5, class: 'dot' }),
          label(area.right + 10, y + 4, formatSigned(mean.estimate * 100, 1), { class: 'value' }),
        ]),
  );
}

/** Heights that keep dots of equal positions apart: each goes up until it touches none drawn before. */
export function swarm(positions: readonly number[], radius = 2.6): number[] {
  const placed: { x: number; y: number }[] = [];
  return positions.map((x) => {
    let y = 0;
    while (y < 10 && placed.some((other) => Math.hypot(other.x - x, other.y - y) < 2 * radius)) y += 1;
    placed.push({ x, y });
    return y;
  });
}
