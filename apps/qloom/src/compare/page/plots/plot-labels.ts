import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { axisX, axisY, type PlotArea } from '../../../report/plots/axes.ts';
import { extent, linearScale, logScale } from '../../../report/plots/scale.ts';
import { drawing, element, escapeText, label, line, type Markup } from '../../../report/plots/svg.ts';
import type { ArmOfCell, ArmRole, CellResult } from '../../result/compare-result.ts';
import { at, marker, roleClass } from './markers.ts';

const WIDTH = 380;
const HEIGHT = 300;
const AREA: PlotArea = { left: 50, right: WIDTH - 18, top: 30, bottom: HEIGHT - 48 };

/** Arms of a curve: real data only, the best baseline of each cell, Qloom, the oracle. */
const SHOWN: readonly ArmRole[] = ['oracle', 'real-only', 'baseline', 'qloom'];

/** A value of a curve. */
interface Value {
  readonly labels: number;
  readonly name: string;
  readonly score: Interval;
}

/** Scores against the number of labels: a drawing for each group, all on one scale of scores. */
export function plotLabels(cells: readonly CellResult[]): Markup[] {
  const groups = [...new Set(cells.map(({ group }) => group))];
  return groups.flatMap((group, index) => {
    const ofGroup = cells.filter((cell) => cell.group === group && cell.finished !== undefined);
    return ofGroup.length === 0 ? [] : [plotGroup(group, ofGroup, index)];
  });
}

function plotGroup(group: string, cells: readonly CellResult[], index: number): Markup {
  const curves = SHOWN.map((role) => ({ role, values: valuesOf(cells, role) })).filter(
    ({ values }) => values.length > 0,
  );
  const all = curves.flatMap(({ values }) => values);
  const sizes = [...new Set(all.map(({ labels }) => labels))].sort((a, b) => a - b);
  const ends = all.flatMap(({ score }) => [100 * score.low, 100 * score.high]);
  const y = linearScale(extent(ends, 0.08), [AREA.bottom, AREA.top], { ticks: 5 });
  const few = sizes.length === 1;
  const range = few ? [sizes[0] / 1.6, sizes[0] * 1.6] : [sizes[0] * 0.88, sizes[sizes.length - 1] * 1.14];
  const x = Object.assign(logScale([range[0], range[1]], [AREA.left, AREA.right]), { ticks: sizes });
  const score = cells[0].finished?.score ?? 'accuracy';
  // Studies that differ in their seed alone stand side by side, each role apart from the next.
  const studies = Math.max(...sizes.map((size) => cells.filter(({ labels }) => labels === size).length));
  const apart = studies === 1 ? 4 : 5 * studies + 7;
  const drawn = curves.map(({ role, values }, i) =>
    drawCurve(role, values, x, y, (i - (curves.length - 1) / 2) * apart),
  );
  const words = curves.map(
    ({ role, values }) =>
      `${role}: ${values.map(({ labels, score: s }) => `${(100 * s.estimate).toFixed(1)}% at ${labels} labels`).join(', ')}`,
  );
  return drawing(
    WIDTH,
    HEIGHT,
    { id: `labels-${index}`, title: `${score} against labels: ${group}`, description: words.join('; ') },
    label(AREA.left, 16, group, { class: 'panel-title' }),
    axisX(x, AREA, { title: 'labels N', grid: false, format: String }),
    axisY(y, AREA, { title: `${score}, %` }),
    ...drawn,
  );
}

/** The score of a role in each cell; of several baselines that of the best one. */
function valuesOf(cells: readonly CellResult[], role: ArmRole): Value[] {
  return cells
    .flatMap(({ name, labels, finished }) => {
      const arm = finished?.arms.find((candidate) => isShown(candidate, role, finished.bestBaseline));
      return arm === undefined
        ? []
        : [{ labels: labels ?? finished?.labelsUsed ?? 0, name: `${name}, ${arm.label}`, score: arm.score }];
    })
    .filter(({ labels }) => labels > 0)
    .sort((a, b) => a.labels - b.labels);
}

function isShown(arm: ArmOfCell, role: ArmRole, bestBaseline: string | undefined): boolean {
  if (role === 'baseline') return arm.name === bestBaseline;
  return role === 'qloom' ? arm.name === 'qloom' : arm.role === role;
}

function drawCurve(
  role: ArmRole,
  values: readonly Value[],
  x: (value: number) => number,
  y: (value: number) => number,
  shift: number,
): Markup {
  const sizes = [...new Set(values.map(({ labels }) => labels))];
  // Studies that differ in their seed alone share a place, through whose mean the line goes.
  const means = sizes.map((size) => {
    const same = values.filter(({ labels }) => labels === size);
    return { size, mean: same.reduce((sum, { score }) => sum + score.estimate, 0) / same.length };
  });
  const d = means
    .map(({ size, mean }, i) => `${i === 0 ? 'M' : 'L'}${at(x(size) + shift)} ${at(y(100 * mean))}`)
    .join('');
  const marks = values.map(({ labels, name, score }, i) => {
    const same = values.filter((value) => value.labels === labels).length;
    const nth = values.slice(0, i).filter((value) => value.labels === labels).length;
    const place = x(labels) + shift + (nth - (same - 1) / 2) * 5;
    const { estimate, low, high, level } = score;
    const text = `${name}: ${(100 * estimate).toFixed(1)}%${level === 0 ? '' : ` [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`}`;
    return (
      line(place, y(100 * low), place, y(100 * high), 'whisker thin') +
      marker(role, place, y(100 * estimate), 4.2, escapeText(text))
    );
  });
  return element('g', { class: roleClass(role) }, element('path', { d, class: `curve ${role}` }), ...marks);
}
