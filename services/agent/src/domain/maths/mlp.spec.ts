import { createRandom } from '@qloom/random/random.ts';
import { backward, forward, initialMlp, mlpParameterCount } from './mlp.ts';

describe('backward', () => {
  it('agrees with central finite differences of a loss that uses every output', () => {
    const shape = { sizes: [5, 7, 6, 4] };
    const random = createRandom(11);
    const parameters = Float64Array.from({ length: mlpParameterCount(shape) }, () => 0.5 * random.normal());
    const input = Float64Array.from({ length: 5 }, () => random.normal());
    const loss = (at: Float64Array) => {
      const output = forward(shape, at, input)[3];
      return output.reduce((sum, value, i) => sum + (i + 1) * value * value, 0);
    };
    const activations = forward(shape, parameters, input);
    const gradient = new Float64Array(parameters.length);
    const outputGradient = activations[3].map((value, i) => 2 * (i + 1) * value);
    backward(shape, parameters, activations, outputGradient, gradient);
    for (let i = 0; i < parameters.length; i++) {
      const step = 1e-6;
      const up = parameters.slice();
      const down = parameters.slice();
      up[i] += step;
      down[i] -= step;
      // The error of a central difference is of order step²; rounding adds about 1e-16 / step.
      expect(Math.abs(gradient[i] - (loss(up) - loss(down)) / (2 * step))).toBeLessThan(1e-6);
    }
  });
});

describe('initialMlp', () => {
  it('starts with an output that does not depend on the input', () => {
    const shape = { sizes: [3, 64, 64, 9] };
    const output = forward(shape, initialMlp(shape, createRandom(1)), [1, -2, 3])[3];
    expect([...output]).toEqual(new Array(9).fill(0));
  });
});
