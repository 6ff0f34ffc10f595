import { createRandom } from '@qloom/random/random.ts';
import { forward, initialMlp } from './mlp.ts';

describe('initialMlp', () => {
  it('starts with an output that does not depend on the input', () => {
    const shape = { sizes: [3, 64, 64, 9] };
    const output = forward(shape, initialMlp(shape, createRandom(1)), [1, -2, 3])[3];
    expect([...output]).toEqual(new Array(9).fill(0));
  });
});
