import { element, type Markup } from '../../../report/plots/svg.ts';
import type { ArmRole } from '../../result/compare-result.ts';

/** The CSS class that gives a role its colour. */
export function roleClass(role: ArmRole): string {
  const classes: Record<ArmRole, string> = {
    'real-only': 'arm-real',
    baseline: 'arm-rival',
    qloom: 'arm-qloom',
    portfolio: 'arm-classical',
    oracle: 'arm-oracle',
    classical: 'arm-classical',
  };
  return classes[role];
}

/** A mark at a point, whose shape tells roles apart without colour: circle, square, diamond, triangle, cross. */
export function marker(role: ArmRole, x: number, y: number, size = 4.6, title?: Markup): Markup {
  const name = title === undefined ? [] : [element('title', {}, title)];
  switch (role) {
    case 'qloom':
      return element('circle', { cx: x, cy: y, r: size, class: 'dot' }, ...name);
    case 'baseline':
      return element(
        'rect',
        { x: x - size * 0.85, y: y - size * 0.85, width: size * 1.7, height: size * 1.7, class: 'dot' },
        ...name,
      );
    case 'oracle':
      return path(`M${at(x)} ${at(y - size * 1.2)}l${at(size * 1.15)} ${at(size * 2)}h${at(-size * 2.3)}z`, name);
    case 'real-only':
      return path(
        `M${at(x)} ${at(y - size * 1.25)}l${at(size * 1.25)} ${at(size * 1.25)}l${at(-size * 1.25)} ${at(size * 1.25)}l${at(-size * 1.25)} ${at(-size * 1.25)}z`,
        name,
      );
    default:
      return path(`M${at(x - size)} ${at(y - size)}h${at(size * 2)}l${at(-size)} ${at(size * 2)}z`, name);
  }
}

function path(d: string, title: readonly Markup[]): Markup {
  return element('path', { d, class: 'dot' }, ...title);
}

/** A coordinate with one decimal. */
export function at(value: number): string {
  return value.toFixed(1);
}

/** A key to marks: a line of small drawings and their names, as HTML. */
export function markerKey(entries: readonly (readonly [role: ArmRole, text: string])[]): Markup {
  const items = entries.map(([role, text]) => {
    const drawn = element(
      'svg',
      { viewBox: '0 0 14 14', width: 14, height: 14, 'aria-hidden': 'true' },
      marker(role, 7, 7.5, 4.4),
    );
    return element('span', { class: roleClass(role) }, drawn, element('b', {}, text));
  });
  return element('p', { class: 'marks' }, ...items);
}
