import { axisX, axisY, type PlotArea } from '../../../report/plots/axes.ts';
import { linearScale } from '../../../report/plots/scale.ts';
import { drawing, element, line, type Markup } from '../../../report/plots/svg.ts';
import type { Profile } from '../../result/compare-result.ts';
import { at, roleClass } from './markers.ts';

const WIDTH = 760;
const HEIGHT = 330;
const AREA: PlotArea = { left: 56, right: WIDTH - 18, top: 12, bottom: HEIGHT - 48 };

/** Performance profiles: share of cells × draws with at least a gain, against that gain, with bands. */
export function plotProfile(profiles: readonly Profile[]): Markup | undefined {
  const thresholds = profiles[0]?.points.map(({ threshold }) => 100 * threshold) ?? [];
  if (thresholds.length < 2) return undefined;
  const x = linearScale([thresholds[0], thresholds[thresholds.length - 1]], [AREA.left, AREA.right], { ticks: 9 });
  const y = linearScale([0, 100], [AREA.bottom, AREA.top], { ticks: 5 });
  const shareAtZero = ({ points }: Profile): number =>
    100 * (points.find(({ threshold }) => threshold > -1e-9)?.share.estimate ?? 0);
  return drawing(
    WIDTH,
    HEIGHT,
    {
      id: 'profile',
      title: 'Performance profile: share of draws with at least a gain',
      description: profiles
        .map(
          (profile) =>
            `${profile.label}: ${shareAtZero(profile).toFixed(0)}% of draws are at least as good as real data only`,
        )
        .join('; '),
    },
    axisX(x, AREA, { title: 'gain τ over real data only, points' }),
    axisY(y, AREA, { title: 'draws with gain ≥ τ, %' }),
    line(x(0), AREA.top, x(0), AREA.bottom, 'zero'),
    ...profiles.map((profile) => drawProfile(profile, x, y)),
  );
}

function drawProfile({ role, points }: Profile, x: (value: number) => number, y: (value: number) => number): Markup {
  const place = (threshold: number, share: number): string => `${at(x(100 * threshold))} ${at(y(100 * share))}`;
  const curve = points.map(({ threshold, share }, i) => `${i === 0 ? 'M' : 'L'}${place(threshold, share.estimate)}`);
  const upper = points.map(({ threshold, share }, i) => `${i === 0 ? 'M' : 'L'}${place(threshold, share.high)}`);
  const lower = [...points].reverse().map(({ threshold, share }) => `L${place(threshold, share.low)}`);
  return element(
    'g',
    { class: roleClass(role) },
    element('path', { d: `${[...upper, ...lower].join('')}z`, class: 'profile-band' }),
    element('path', { d: curve.join(''), class: `curve ${role}` }),
  );
}
