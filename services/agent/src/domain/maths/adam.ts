/** Moments of Adam for one flat parameter vector; plain JSON. */
export interface AdamState {
  readonly step: number;
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/** Moments before the first step, for `size` parameters. */
export function initialAdam(size: number): AdamState {
  return { step: 0, first: new Array<number>(size).fill(0), second: new Array<number>(size).fill(0) };
}

/**
 * One step of Adam downhill with a rate per parameter (Kingma and Ba, 2015; β = (0.9, 0.999), ε = 1e-8). Changes
 * `parameters` in place and returns the next moments.
 */
export function adamStep(
  parameters: Float64Array,
  gradient: Float64Array,
  rates: Float64Array,
  state: AdamState,
): AdamState {
  const step = state.step + 1;
  const first = new Array<number>(parameters.length);
  const second = new Array<number>(parameters.length);
  const correction1 = 1 - 0.9 ** step;
  const correction2 = 1 - 0.999 ** step;
  for (let i = 0; i < parameters.length; i++) {
    first[i] = 0.9 * state.first[i] + 0.1 * gradient[i];
    second[i] = 0.999 * state.second[i] + 0.001 * gradient[i] * gradient[i];
    parameters[i] -= (rates[i] * (first[i] / correction1)) / (Math.sqrt(second[i] / correction2) + 1e-8);
  }
  return { step, first, second };
}
