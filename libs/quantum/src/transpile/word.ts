import { type Angle, collected, constant, scaled, sum } from '../gates/angle.ts';

const { PI, cos, sin, atan2, hypot } = Math;

/**
 * A one-qubit unitary up to its phase: RZ by the first angle, then √X and RZ by the next angle, and so on, in the order of time. Its
 * angles may be symbolic; every gate of the library on one qubit is such a word.
 */
export type Word = readonly Angle[];

/** The word that does nothing. */
export const IDENTITY: Word = [constant(0)];

/** Angles that differ by less are the same. Unit: radians. */
export const SAME_ANGLE = 1e-11;

/** RZ by numbers, with √X between them. */
export const word = (...angles: (number | Angle)[]): Word =>
  angles.map((angle) => (typeof angle === 'number' ? constant(angle) : angle));

/** The value of an angle without symbols; undefined where it has some. */
const constantOf = (angle: Angle): number | undefined => (angle.terms.length === 0 ? angle.constant : undefined);

/** Whether the angle is this number, up to multiples of `period`. */
export function isAngle(angle: Angle, value: number, period = 2 * PI): boolean {
  if (angle.terms.length > 0) return false;
  const turns = (angle.constant - value) / period;
  return Math.abs(turns - Math.round(turns)) * period < SAME_ANGLE;
}

/** The angle with its constant in (−π, π], exact where it is a multiple of π/4 up to rounding. */
export function tidied(angle: Angle): Angle {
  const { constant: value, terms } = collected(angle);
  let wrapped = value - 2 * PI * Math.ceil((value - PI) / (2 * PI));
  const eighths = Math.round((4 * wrapped) / PI);
  if (Math.abs(wrapped - (eighths * PI) / 4) < SAME_ANGLE) wrapped = eighths === -4 ? PI : (eighths * PI) / 4;
  return { constant: wrapped, terms };
}

/** One word, then another. */
export const joined = (first: Word, then: Word): Word => [
  ...first.slice(0, -1),
  sum(first[first.length - 1], then[0]),
  ...then.slice(1),
];

/** The inverse: √X† is RZ(π)·√X·RZ(π) up to its phase. */
export function inverted(of: Word): Word {
  const reversed = of.toReversed().map((angle) => scaled(angle, -1));
  if (reversed.length === 1) return reversed;
  return reversed.map((angle, i) => (i === 0 || i === reversed.length - 1 ? sum(angle, constant(PI)) : angle));
}

/** The same unitary with the fewest √X that are found: parts without symbols have at most two. */
export function simplified(of: Word): Word {
  let current: Word = of.map(tidied);
  for (let from = 0; from < current.length - 2; ) {
    // √X of index i is between the angles i and i + 1.
    let to = from;
    while (to + 1 < current.length - 1 && constantOf(current[to + 1]) !== undefined) to++;
    const inner = current.slice(from + 1, to + 1).map((angle) => angle.constant);
    const shorter = inner.length === 0 ? undefined : synthesized(inner);
    if (!shorter || shorter.length - 1 >= inner.length + 1) {
      from = Math.max(to, from + 1);
      continue;
    }
    const before = joined(current.slice(0, from + 1), shorter);
    current = joined(before, current.slice(to + 1)).map(tidied);
    from = 0;
  }
  return current;
}

/** The word of √X·RZ(inner[0])·√X … RZ(inner[last])·√X with at most two √X: U(θ, φ, λ) from its matrix. */
function synthesized(inner: readonly number[]): Word {
  // Rows of the matrix as (re, im) pairs; √X is e^{iπ/4}·RX(π/2).
  let u = rootX([1, 0, 0, 0, 0, 0, 1, 0]);
  for (const angle of inner) u = rootX(turned(u, angle));
  const theta = 2 * atan2(hypot(u[4], u[5]), hypot(u[0], u[1]));
  const phase = (k: number) => atan2(u[2 * k + 1], u[2 * k]);
  const minus01 = atan2(-u[3], -u[2]);
  if (theta < SAME_ANGLE) return word(phase(3) - phase(0));
  if (PI - theta < SAME_ANGLE) return word(0, 0, phase(2) - minus01 + PI);
  const phi = phase(2) - phase(0);
  const lambda = minus01 - phase(0);
  if (Math.abs(theta - PI / 2) < SAME_ANGLE) return word(lambda - PI / 2, phi + PI / 2);
  return word(lambda, theta + PI, phi + PI);
}

function rootX(u: readonly number[]): number[] {
  const h = Math.SQRT1_2;
  // RX(π/2) = [[h, −ih], [−ih, h]].
  const mix = (a: number, b: number) => [h * (u[a] + u[b + 1]), h * (u[a + 1] - u[b])];
  return [...mix(0, 4), ...mix(2, 6), ...mix(4, 0), ...mix(6, 2)];
}

function turned(u: readonly number[], angle: number): number[] {
  const times = (k: number, by: number) => [u[k] * cos(by) - u[k + 1] * sin(by), u[k] * sin(by) + u[k + 1] * cos(by)];
  return [...times(0, -angle / 2), ...times(2, -angle / 2), ...times(4, angle / 2), ...times(6, angle / 2)];
}
