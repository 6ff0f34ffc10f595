import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { useBackend } from '../backends/backend.ts';
import { evaluate, type RandomGraph, randomGraph } from '../testing/random-graph.ts';
import { expectSameToRounding } from '../testing/same-to-rounding.ts';
import { compile } from './compile.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

function compare(graph: RandomGraph): void {
  const random = createRandom(String(graph.seed));
  const inputs = graph.shapes.map((shape) => tf.tensor(random.normals(tf.util.sizeFromShape([...shape])), [...shape]));
  const f = (...given: tf.Tensor[]): tf.Tensor[] => {
    const { value, grads } = tf.valueAndGrads((...x: tf.Tensor[]) => evaluate(graph, x))(given);
    return [value, ...grads];
  };
  const compiled = compile(f);
  const ours = compiled(...inputs);
  // Up to twelve operations, each bounded by three more, forward and back.
  expectSameToRounding(ours, (given) => f(...given), inputs, { operations: 12 * 4 * 3, random });
  compiled.dispose();
  tf.dispose([inputs, ours]);
}

describe('a random graph of broadcasting, reductions, products and changes of shape', () => {
  it('has the value and the gradients of eager code, and leaves nothing behind', () => {
    const before = tf.memory().numTensors;
    fc.assert(fc.property(randomGraph, compare), {
      numRuns: 50,
      // A graph that the generator is unlikely to produce: everything reduced and broadcast again.
      examples: [
        [
          {
            shapes: [[3, 1], [1, 2], []],
            seed: 1,
            instructions: [
              { operation: 'add', picks: [0, 1, 0, 0, 0, 0, 0, 0] },
              { operation: 'sum', picks: [0, 0, 1, 1, 0, 0, 0, 0] },
              { operation: 'mul', picks: [0, 0, 0, 0, 0, 0, 0, 0] },
            ],
          },
        ],
      ],
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
