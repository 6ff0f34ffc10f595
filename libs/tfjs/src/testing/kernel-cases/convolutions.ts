import * as tf from '@tensorflow/tfjs-core';
import { createCases, type KernelCases } from './kernel-case.ts';

const { cases, differentiable, valuesOnly } = createCases();
const add = differentiable;

// Convolutions.
for (const kernel of [1, 2, 3, 5, 6]) {
  for (const stride of [1, 2, 3]) {
    for (const padding of ['same', 'valid'] as const) {
      add(
        `conv1d of ${kernel} taps, stride ${stride}, ${padding}`,
        [
          [3, 14, 3],
          [kernel, 3, 4],
        ],
        (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, stride, padding),
      );
    }
  }
}
// Many narrow blocks, which are concatenated from slices while the others are gathered; and many wide ones.
for (const channels of [2, 8]) {
  add(
    `conv1d of ${channels} channels at many positions`,
    [
      [43, 32, channels],
      [3, channels, 2],
    ],
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same'),
  );
}
valuesOnly(
  'conv1d, dilated',
  [
    [3, 14, 3],
    [3, 3, 4],
  ],
  (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same', 'NWC', 2),
);
for (const [kernel, stride, padding] of [
  [1, 1, 'same'],
  [3, 1, 'same'],
  [3, 2, 'valid'],
  [4, 2, 'same'],
  [5, 3, 'same'],
  [3, 1, 1],
] as const) {
  add(
    `conv2d of ${kernel} taps, stride ${stride}, ${padding}`,
    [
      [2, 9, 8, 3],
      [kernel, kernel, 3, 5],
    ],
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding),
  );
}
add(
  'conv2dTranspose',
  [
    [2, 4, 4, 3],
    [3, 3, 5, 3],
  ],
  (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 8, 8, 5], 2, 'same'),
);
add('fused.conv2d', [[2, 6, 6, 3], [3, 3, 3, 5], [5]], (x, filter, bias) =>
  tf.fused.conv2d({
    x: x as tf.Tensor4D,
    filter: filter as tf.Tensor4D,
    strides: 1,
    pad: 'same',
    bias: bias as tf.Tensor1D,
    activation: 'relu',
  }),
);
for (const [kernel, multiplier, stride, padding] of [
  [3, 1, 1, 'same'],
  [3, 2, 1, 'valid'],
  [2, 2, 2, 'same'],
] as const) {
  add(
    `depthwiseConv2d of ${kernel} taps, stride ${stride}, ${padding}`,
    [
      [2, 7, 6, 3],
      [kernel, kernel, 3, multiplier],
    ],
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding),
  );
}
valuesOnly('fused.depthwiseConv2d', [[2, 6, 6, 3], [3, 3, 3, 2], [6]], (x, filter, bias) =>
  tf.fused.depthwiseConv2d({
    x: x as tf.Tensor4D,
    filter: filter as tf.Tensor4D,
    strides: 1,
    pad: 'same',
    bias: bias as tf.Tensor1D,
    activation: 'relu6',
  }),
);

// Pooling.
for (const [size, stride, padding] of [
  [2, 2, 'valid'],
  [3, 1, 'same'],
  [3, 2, 'same'],
] as const) {
  add(`maxPool of ${size}, stride ${stride}, ${padding}`, [[2, 7, 8, 3]], (x) =>
    tf.maxPool(x as tf.Tensor4D, size, stride, padding),
  );
  add(`avgPool of ${size}, stride ${stride}, ${padding}`, [[2, 7, 8, 3]], (x) =>
    tf.avgPool(x as tf.Tensor4D, size, stride, padding),
  );
}
add('maxPool of ties', [[2, 6, 6, 2]], (x) => tf.maxPool(tf.relu(tf.sub(x, 1)) as tf.Tensor4D, 3, 2, 'same'));
add('pool over one axis', [[2, 16, 3]], (x) =>
  tf.pool(tf.expandDims(x, 1) as tf.Tensor4D, [1, 2], 'max', 'valid', 1, [1, 2]),
);

/** Convolutions and pooling. */
export const CONVOLUTIONS: KernelCases = cases;
