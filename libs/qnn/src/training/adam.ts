/** Adam on one flat vector (Kingma and Ba, "Adam: A method for stochastic optimization", arXiv:1412.6980). */
export interface Adam {
  /** One step: moves `values` along `gradient`, in place. */
  step(values: Float64Array, gradient: Float64Array): void;
}

/** Adam's β₁, β₂ and ε. */
export const [BETA_1, BETA_2, EPSILON] = [0.9, 0.999, 1e-8];

/** Adam's state for `size` values before the first step: their two moments, then β₁ᵗ and β₂ᵗ. */
export const createAdamState = (size: number): Float64Array =>
  new Float64Array(adamStateLength(size)).fill(1, 2 * size);

/** Length of Adam's state for `size` values. */
export const adamStateLength = (size: number): number => 2 * size + 2;

/** Adam with β = (0.9, 0.999) and ε = 1e-8 for `size` values, continuing from `state`, which it updates. */
export function createAdam(size: number, learningRate: number, state = createAdamState(size)): Adam {
  const first = state.subarray(0, size);
  const second = state.subarray(size, 2 * size);
  const powers = state.subarray(2 * size);
  return {
    step(values, gradient) {
      powers[0] *= BETA_1;
      powers[1] *= BETA_2;
      const rate = (learningRate * Math.sqrt(1 - powers[1])) / (1 - powers[0]);
      const floor = EPSILON * Math.sqrt(1 - powers[1]);
      for (let i = 0; i < size; i++) {
        const g = gradient[i];
        first[i] += (1 - BETA_1) * (g - first[i]);
        second[i] += (1 - BETA_2) * (g * g - second[i]);
        values[i] -= (rate * first[i]) / (Math.sqrt(second[i]) + floor);
      }
    },
  };
}
