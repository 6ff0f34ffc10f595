import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { useBackend } from '../backend.ts';
import { evaluate, type RandomGraph, randomGraph } from '../testing/random-graph.ts';
import { compile } from './compile.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

/** The value of a graph and its gradients, as numbers. */
function numbersOf(results: readonly tf.Tensor[]): number[][] {
  return results.map((tensor) => Array.from(tensor.dataSync()));
}

function compare(graph: RandomGraph): void {
  const random = createRandom(String(graph.seed));
  const inputs = graph.shapes.map((shape) => tf.tensor(random.normals(tf.util.sizeFromShape([...shape])), [...shape]));
  const f = (...given: tf.Tensor[]): tf.Tensor[] => {
    const { value, grads } = tf.valueAndGrads((...x: tf.Tensor[]) => evaluate(graph, x))(given);
    return [value, ...grads];
  };
  const compiled = compile(f);
  const [ours, theirs] = [compiled(...inputs), tf.tidy(() => f(...inputs))];
  expect(ours.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    theirs.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  const expected = numbersOf(theirs);
  for (const [i, numbers] of numbersOf(ours).entries()) {
    const scale = Math.max(1, ...expected[i].map(Math.abs));
    for (const [j, value] of numbers.entries()) {
      // Some dozen operations, each within a few float32 roundings of the same value.
      if (!(Math.abs(value - expected[i][j]) <= 1e-5 * scale)) {
        expect({ output: i, element: j, value }).toEqual({ output: i, element: j, value: expected[i][j] });
      }
    }
  }
  compiled.dispose();
  tf.dispose([inputs, ours, theirs]);
}

describe('a random graph of broadcasting, reductions, products and changes of shape', () => {
  it('has the value and the gradients of eager code, and leaves nothing behind', () => {
    const before = tf.memory().numTensors;
    fc.assert(fc.property(randomGraph, compare), {
      numRuns: 50,
      // A graph like those that the generator is least likely to hit: everything reduced and broadcast again.
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
