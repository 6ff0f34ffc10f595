import { axisX, axisY, type PlotArea } from '../../../report/plots/axes.ts';
import { extent, linearScale } from '../../../report/plots/scale.ts';
import { drawing, element, label, type Markup } from '../../../report/plots/svg.ts';
import type { ArmRole, CompareCurve } from '../../result/compare-result.ts';
import { at, roleClass } from './markers.ts';

const WIDTH = 280;
const HEIGHT = 190;
const AREA: PlotArea = { left: 48, right: WIDTH - 14, top: 28, bottom: HEIGHT - 42 };

/** A learning curve with the role of its arm. */
export interface RoledCurve {
  readonly role: ArmRole;
  readonly label: string;
  readonly curve: CompareCurve;
}

/** Losses along training, of some arms in one small drawing; undefined where none has two values. */
export function plotCurves(id: string, title: string, curves: readonly RoledCurve[]): Markup | undefined {
  const known = curves.filter(({ curve }) => curve.values.length > 1);
  if (known.length === 0) return undefined;
  const x = linearScale([0, 100], [AREA.left, AREA.right], { ticks: 4 });
  const y = linearScale(
    extent(
      known.flatMap(({ curve }) => curve.values),
      0.08,
    ),
    [AREA.bottom, AREA.top],
    { ticks: 4 },
  );
  const ends = known.map(({ label: name, curve: { values } }) => {
    const [first, last] = [values[0], values[values.length - 1]];
    return `${name} from ${first.toPrecision(3)} to ${last.toPrecision(3)}`;
  });
  return drawing(
    WIDTH,
    HEIGHT,
    { id, title, description: ends.join('; ') },
    label(AREA.left, 15, title, { class: 'panel-title' }),
    axisX(x, AREA, { title: 'training done, %', grid: false }),
    axisY(y, AREA),
    ...known.map(({ role, curve }) => {
      const d = curve.values.map(
        (value, i) => `${i === 0 ? 'M' : 'L'}${at(x(100 * curve.progress[i]))} ${at(y(value))}`,
      );
      return element('g', { class: roleClass(role) }, element('path', { d: d.join(''), class: `curve ${role}` }));
    }),
  );
}
