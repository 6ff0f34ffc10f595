import type { PretrainingArm, PretrainingResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { pretrainingLabel } from '../../result/pretraining.ts';
import { axisX, axisY, type PlotArea } from './axes.ts';
import { extent, linearScale, logScale, type Scale } from './scale.ts';
import { drawing, element, label, line, type Markup } from './svg.ts';

const WIDTH = 760;
const HEIGHT = 340;
const AREA: PlotArea = { left: 62, right: WIDTH - 190, top: 14, bottom: HEIGHT - 48 };
const ROW = 20;

/**
 * Test accuracy along the counted steps, a curve an arm, dashed where it is not pre-trained; the target as a line. Steps are on a
 * logarithmic scale, the start at 1/2.
 */
export function plotSteps({ arms, scoredSteps, settings }: PretrainingResult): Markup {
  const last = scoredSteps[scoredSteps.length - 1] ?? 1;
  const x = logScale([0.5, last], [AREA.left, AREA.right]);
  const target = 100 * (settings?.target ?? 0);
  const values = arms.flatMap(({ accuracies }) => accuracies.map((accuracy) => 100 * accuracy));
  const y = linearScale(extent([target, ...values], 0.04), [AREA.bottom, AREA.top], { ticks: 6 });
  const description = arms
    .map((arm) => `${pretrainingLabel(arm)}: ${(100 * (arm.accuracies[0] ?? 0)).toFixed(1)}% at the start`)
    .join('; ');
  return drawing(
    WIDTH,
    HEIGHT,
    { id: 'plot-steps', title: 'Test accuracy along the counted steps', description },
    axisX(x, AREA, { title: 'steps on real and synthetic points (logarithmic)' }),
    axisY(y, AREA, { title: 'test accuracy, %' }),
    line(AREA.left, y(target), AREA.right, y(target), 'zero'),
    ...arms.map((arm, i) => curveOf(arm, i, { scoredSteps, x, y })),
  );
}

function curveOf(
  arm: PretrainingArm,
  index: number,
  { scoredSteps, x, y }: { readonly scoredSteps: readonly number[]; readonly x: Scale; readonly y: Scale },
): Markup {
  const at = (i: number) =>
    `${x(Math.max(0.5, scoredSteps[i])).toFixed(1)} ${y(100 * (arm.accuracies[i] ?? 0)).toFixed(1)}`;
  const d = scoredSteps.map((_, i) => `${i === 0 ? 'M' : 'L'}${at(i)}`).join('');
  const top = AREA.top + 14 + index * ROW;
  const dash = arm.pretrained ? undefined : '5 4';
  const style = { class: 'steps', 'stroke-dasharray': dash };
  const key = element('path', { d: `M${AREA.right + 14} ${top - 4}h24`, ...style });
  return element(
    'g',
    { class: classOf(arm) },
    element('path', { d, ...style }),
    key,
    label(AREA.right + 44, top, pretrainingLabel(arm), { class: 'legend' }),
  );
}

function classOf({ name }: PretrainingArm): string {
  if (name.endsWith('qloom')) return 'arm-qloom';
  if (name.endsWith('simulator')) return 'arm-oracle';
  return name === 'real-only' ? 'arm-real' : 'arm-rival';
}
