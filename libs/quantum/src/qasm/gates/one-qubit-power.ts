/** A complex number, (re, im). */
export type Complex = readonly [number, number];

/** A one-qubit matrix in row-major order. */
export type OneQubitMatrix = readonly [Complex, Complex, Complex, Complex];

/** U(θ, φ, λ)·e^{i·phase}, where U's first entry is cos(θ/2). */
export interface OneQubitTurn {
  readonly theta: number;
  readonly phi: number;
  readonly lambda: number;
  readonly phase: number;
}

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const argument = ([a, b]: Complex): number => Math.atan2(b, a);

/**
 * An eigenvalue's angle within this distance of −π counts as π: products of a few gates have rounding errors of 1e-15.
 */
const NEAR_HALF_TURN = 1e-9;

/** The angle of an eigenvalue, above −π and at most π. */
const principal = (angle: number): number => {
  const within = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  return within <= -Math.PI + NEAR_HALF_TURN ? within + 2 * Math.PI : within;
};

/**
 * A real power of a unitary matrix. The matrix is e^{iδ}(cos α − i·sin α·n·σ), with eigenvalues e^{i(δ ∓ α)} and a unit
 * vector n; the eigenvalues of its power have these angles on the principal branch times the exponent.
 */
export function matrixPower(unitary: OneQubitMatrix, exponent: number): OneQubitMatrix {
  const [a, b, c, d] = unitary;
  const [ad, bc] = [times(a, d), times(b, c)];
  const delta = argument([ad[0] - bc[0], ad[1] - bc[1]]) / 2;
  const unphase: Complex = [Math.cos(delta), -Math.sin(delta)];
  // In SU(2) the matrix is [[w − iz, −y − ix], [y − ix, w + iz]] with (w, x, y, z) = (cos α, sin α·n).
  const [p, q, r, s] = [a, b, c, d].map((entry) => times(entry, unphase));
  const [w, x, y, z] = [(p[0] + s[0]) / 2, -(q[1] + r[1]) / 2, (r[0] - q[0]) / 2, (s[1] - p[1]) / 2];
  const sine = Math.hypot(x, y, z);
  const alpha = Math.atan2(sine, w);
  const [first, second] = [principal(delta - alpha) * exponent, principal(delta + alpha) * exponent];
  const [mean, half] = [(first + second) / 2, (second - first) / 2];
  // Without an axis there is no rotation: both eigenvalues are equal.
  const [nx, ny, nz] = sine === 0 ? [0, 0, 1] : [x / sine, y / sine, z / sine];
  const [cosine, turn] = [Math.cos(half), Math.sin(half)];
  const phase: Complex = [Math.cos(mean), Math.sin(mean)];
  return [
    times(phase, [cosine, -turn * nz]),
    times(phase, [-turn * ny, -turn * nx]),
    times(phase, [turn * ny, -turn * nx]),
    times(phase, [cosine, turn * nz]),
  ];
}

/** The angles of a unitary matrix. */
export function turnOf([a, b, c, d]: OneQubitMatrix): OneQubitTurn {
  const [diagonal, beside] = [Math.hypot(...a), Math.hypot(...c)];
  const theta = 2 * Math.atan2(beside, diagonal);
  // If one of the two is 0, its argument is undefined.
  if (beside < Number.EPSILON * diagonal)
    return { theta, phi: 0, lambda: argument(d) - argument(a), phase: argument(a) };
  if (diagonal < Number.EPSILON * beside) {
    const lambda = argument([-b[0], -b[1]]);
    return { theta, phi: argument(c), lambda, phase: 0 };
  }
  const phase = argument(a);
  return { theta, phi: argument(c) - phase, lambda: argument([-b[0], -b[1]]) - phase, phase };
}
