/** Largest difference of expectations that float32 explains at 12 qubits and 6 layers, several times over. */
const EXPECTATION_TOLERANCE = 5e-5;
/** The same of gradients, as a share of the largest component. */
const GRADIENT_TOLERANCE = 5e-4;

/** Expectations of one row, and the gradient of the parameters where there is one. */
export interface Values {
  readonly expectations: ArrayLike<number>;
  readonly gradient: ArrayLike<number> | null;
}

/** Difference of `theirs` from `ours`, human-readable; undefined if they agree. */
export function disagreement(ours: Values, theirs: Values): string | undefined {
  const expectations = furthest(ours.expectations, theirs.expectations);
  if (!(expectations <= EXPECTATION_TOLERANCE)) return `an expectation differs by ${expectations.toPrecision(2)}`;
  if (theirs.gradient === null || ours.gradient === null) return undefined;
  const scale = Math.max(...Array.from(ours.gradient, Math.abs));
  const gradient = furthest(ours.gradient, theirs.gradient) / scale;
  if (!(gradient <= GRADIENT_TOLERANCE)) {
    return `a component of the gradient differs by ${gradient.toPrecision(2)} of the largest`;
  }
  return undefined;
}

/** The largest difference; NaN where one is not a number or the lengths differ. */
function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  return Array.from(a, (value, i) => Math.abs(value - b[i])).reduce((most, one) => Math.max(most, one), 0);
}
