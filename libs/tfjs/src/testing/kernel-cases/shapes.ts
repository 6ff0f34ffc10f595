import * as tf from '@tensorflow/tfjs-core';
import { createCases, float, int, type KernelCases } from './kernel-case.ts';

const { cases, differentiable, valuesOnly } = createCases();
const add = differentiable;

// Shapes.
add('reshape, expandDims and squeeze', [[5, 6]], (x) =>
  tf.squeeze(tf.mul(tf.expandDims(x, 1), tf.slice(tf.reshape(x, [1, 30]), [0, 0], [1, 6]))),
);
add('transpose', [[3, 4, 5]], (x) => tf.transpose(x, [2, 0, 1]));
add(
  'concat, split and slice',
  [
    [5, 6],
    [5, 4],
  ],
  (a, b) => {
    const [p, q] = tf.split(tf.concat([a, b], 1), 2, 1);
    return tf.add(tf.mul(p, q), tf.slice(a, [0, 1], [5, 5]));
  },
);
add(
  'stack and unstack',
  [
    [5, 6],
    [5, 6],
  ],
  (a, b) => {
    const [p, q] = tf.unstack(tf.stack([a, b], 1), 1);
    return tf.mul(p, tf.add(q, a));
  },
);
valuesOnly('stridedSlice', [[5, 6]], (x) =>
  tf.concat([tf.stridedSlice(x, [0, 0], [5, 6], [2, 2]), tf.stridedSlice(x, [4, 5], [-6, 0], [-2, -2])]),
);
valuesOnly('stridedSlice with masks', [[5, 6]], (x) => tf.stridedSlice(x, [1, 2], [3, 4], [1, 1], 0, 2, 0, 0, 1));
add('pad', [[5, 6]], (x) =>
  tf.pad(
    x,
    [
      [1, 1],
      [0, 2],
    ],
    0.5,
  ),
);
add('mirrorPad, reflected', [[5, 6]], (x) =>
  tf.mirrorPad(
    x,
    [
      [1, 1],
      [1, 2],
    ],
    'reflect',
  ),
);
add('mirrorPad, symmetric', [[5, 6]], (x) =>
  tf.mirrorPad(
    x,
    [
      [1, 2],
      [0, 3],
    ],
    'symmetric',
  ),
);
add('tile', [[5, 6]], (x) => tf.tile(x, [2, 3]));
add('tile of what is one', [[5, 1]], (x) => tf.mul(tf.tile(x, [1, 3]), tf.tile(x, [1, 3])));
add('broadcastTo', [[5, 1]], (x) => tf.broadcastTo(x, [3, 5, 4]));
add('reverse', [[5, 4]], (x) => tf.reverse(x, [0, 1]));
add('a chain of broadcasts', [[5, 6]], (x) => tf.sub(1, tf.mul(tf.ones([5, 6]), tf.sum(x, 1, true))));
add('spaceToBatchND and batchToSpaceND', [[2, 4, 6, 3]], (x) => {
  const blocks = tf.spaceToBatchND(
    tf.mul(x, x),
    [2, 2],
    [
      [0, 0],
      [0, 2],
    ],
  );
  return tf.batchToSpaceND(
    tf.mul(blocks, 2),
    [2, 2],
    [
      [0, 0],
      [0, 2],
    ],
  );
});

// Gather and scatter.
add('gather', [[5, 6]], (x) => tf.gather(x, int([0, 2, 2, 4])));
add('gather along the last axis', [[5, 6]], (x) => tf.gather(x, int([5, 0, 1]), 1));
valuesOnly('gatherND', [[5, 6]], (x) => tf.gatherND(x, int([0, 1, 4, 5, 2, 2], [3, 2])));
valuesOnly('scatterND', [[3, 4]], (x) => tf.scatterND(int([2, 0, 2], [3, 1]), x, [5, 4]));
valuesOnly(
  'tensorScatterUpdate',
  [
    [5, 4],
    [2, 4],
  ],
  (x, u) => tf.tensorScatterUpdate(x, int([4, 1], [2, 1]), u),
);
add('oneHot', [[5, 4]], (x) => tf.mul(x, tf.oneHot(int([0, 1, 3, 2, 1]), 4)));
add('oneHot of the largest', [[5, 4]], (x) => tf.mul(x, tf.oneHot(tf.argMax(x, 1), 4)));
valuesOnly('unsortedSegmentSum', [[5, 3]], (x) => tf.unsortedSegmentSum(x, int([0, 1, 0, 2, 1]) as tf.Tensor1D, 3));
valuesOnly('unsortedSegmentSum of integers', [], () =>
  float(tf.unsortedSegmentSum(int([1, 2, 3, 4]), int([0, 1, 0, 2]) as tf.Tensor1D, 3)),
);

/** Shapes, gathering and scattering. */
export const SHAPES: KernelCases = cases;
