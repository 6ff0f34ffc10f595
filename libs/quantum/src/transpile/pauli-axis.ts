import type { scaled } from '../gates/angle.ts';
import { isAngle, type Word, word } from './word.ts';

const { PI } = Math;

/** A Pauli operator with its sign. */
export interface SignedAxis {
  readonly axis: Axis;
  readonly sign: 1 | -1;
}

/** A Pauli operator. */
export type Axis = 'x' | 'y' | 'z';

export const AXES: readonly Axis[] = ['x', 'y', 'z'];

/** W†·P·W for the unitary W of a word, where that is a Pauli operator up to its sign; undefined otherwise. */
export function axisImage(of: Word, axis: Axis): SignedAxis | undefined {
  let image: SignedAxis | undefined = { axis, sign: 1 };
  for (let i = of.length - 1; i >= 0 && image; i--) {
    if (i < of.length - 1) image = throughRootX(image);
    if (image.axis === 'z') continue;
    const quarter = [0, 1, 2, 3].find((k) => isAngle(of[i], (k * PI) / 2));
    image = quarter === undefined ? undefined : throughQuarters(image, quarter);
  }
  return image;
}

/** √X†·P·√X: Z ↦ Y ↦ −Z. */
function throughRootX({ axis, sign }: SignedAxis): SignedAxis {
  if (axis === 'x') return { axis, sign };
  return axis === 'z' ? { axis: 'y', sign } : { axis: 'z', sign: -sign as 1 | -1 };
}

/** RZ(kπ/2)†·P·RZ(kπ/2): X ↦ −Y ↦ −X. */
function throughQuarters(image: SignedAxis, quarters: number): SignedAxis {
  let { axis, sign } = image;
  for (let k = 0; k < quarters; k++) {
    if (axis === 'x') sign = -sign as 1 | -1;
    axis = axis === 'x' ? 'y' : 'x';
  }
  return { axis, sign };
}

const QUARTERS = [0, PI / 2, PI, -PI / 2];

/** The 24 Clifford unitaries of one qubit up to their phase, those with the fewest √X first. */
const CLIFFORD_WORDS: readonly Word[] = [
  ...QUARTERS.map((a) => word(a)),
  ...QUARTERS.flatMap((a) => QUARTERS.map((b) => word(a, b))),
  ...QUARTERS.map((a) => word(a, 0, 0)),
];

const IMAGES = CLIFFORD_WORDS.map((of) => new Map(AXES.map((axis) => [axis, axisImage(of, axis)])));

/** A Clifford word W with W†·P·W = ±image(P) for the given pairs P → image(P), which are all different. */
export function cliffordWith(pairs: ReadonlyMap<Axis, Axis>): Word {
  const at = IMAGES.findIndex((images) => [...pairs].every(([axis, to]) => images.get(axis)?.axis === to));
  return CLIFFORD_WORDS[at];
}

/** The Pauli operator as a word. */
export const pauliWord = (axis: Axis): Word =>
  axis === 'z' ? word(PI) : axis === 'x' ? word(0, 0, 0) : word(PI, 0, 0);

/** The Hadamard gate. */
export const HADAMARD: Word = word(PI / 2, PI / 2);

/** RY(angle) as a word. */
export const turnY = (angle: Parameters<typeof scaled>[0]): Word => [
  ...word(0),
  { ...angle, constant: angle.constant + PI },
  ...word(PI),
];

/** RX(angle) as a word. */
export const turnX = (angle: Parameters<typeof scaled>[0]): Word => [
  ...word(PI / 2),
  { ...angle, constant: angle.constant + PI },
  ...word(PI / 2),
];
