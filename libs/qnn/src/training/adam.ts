/** Adam on one flat vector (Kingma and Ba, "Adam: A method for stochastic optimization", arXiv:1412.6980). */
export interface Adam {
  /** One step: moves `values` along `gradient`, in place. */
  step(values: Float64Array, gradient: Float64Array): void;
}

/** Starts Adam with β = (0.9, 0.999) and ε = 1e-8 for `size` values. */
export function createAdam(size: number, learningRate: number): Adam {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  let [power1, power2] = [1, 1];
  return {
    step(values, gradient) {
      power1 *= beta1;
      power2 *= beta2;
      const rate = (learningRate * Math.sqrt(1 - power2)) / (1 - power1);
      const floor = epsilon * Math.sqrt(1 - power2);
      for (let i = 0; i < size; i++) {
        const g = gradient[i];
        first[i] += (1 - beta1) * (g - first[i]);
        second[i] += (1 - beta2) * (g * g - second[i]);
        values[i] -= (rate * first[i]) / (Math.sqrt(second[i]) + floor);
      }
    },
  };
}
