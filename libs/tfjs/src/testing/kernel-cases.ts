import * as tf from '@tensorflow/tfjs-core';

/** A function of tensors of these shapes, filled with normals, that uses a kernel or some. */
export interface KernelCase {
  readonly shapes: readonly (readonly number[])[];
  readonly f: (...x: tf.Tensor[]) => tf.Tensor;
  /** Whether TensorFlow.js differentiates it; default true. */
  readonly gradient?: boolean;
}

type Unary = (x: tf.Tensor) => tf.Tensor;

const cases: Record<string, KernelCase> = {};
const differentiable = (name: string, shapes: number[][], f: KernelCase['f'], gradient = true) => {
  cases[name] = { shapes, f, gradient };
};
const add = differentiable;
const valuesOnly = (name: string, shapes: number[][], f: KernelCase['f']) => differentiable(name, shapes, f, false);
const positive: Unary = (x) => tf.add(tf.square(x), 0.5);
const inside: Unary = (x) => tf.mul(tf.tanh(x), 0.9);
const int = (values: number[], shape?: number[]) => tf.tensor(values, shape, 'int32');
const float: Unary = (x) => tf.cast(x, 'float32');

// Functions of one number.
const anywhere: Record<string, Unary> = {
  ...{ relu: tf.relu, relu6: tf.relu6, elu: tf.elu, selu: tf.selu, sigmoid: tf.sigmoid, tanh: tf.tanh },
  ...{ softplus: tf.softplus, exp: tf.exp, expm1: tf.expm1, square: tf.square, abs: tf.abs, erf: tf.erf, neg: tf.neg },
  ...{ sin: tf.sin, cos: tf.cos, tan: tf.tan, atan: tf.atan, sinh: tf.sinh, cosh: tf.cosh, asinh: tf.asinh },
  ...{
    sign: tf.sign,
    floor: tf.floor,
    ceil: tf.ceil,
    round: tf.round,
    logSigmoid: tf.logSigmoid,
    reciprocal: tf.reciprocal,
  },
};
for (const [name, f] of Object.entries(anywhere)) add(name, [[5, 7]], f);
for (const [name, f] of Object.entries({ log: tf.log, log1p: tf.log1p, sqrt: tf.sqrt, rsqrt: tf.rsqrt })) {
  add(name, [[5, 7]], (x) => f(positive(x)));
}
for (const [name, f] of Object.entries({ asin: tf.asin, acos: tf.acos, atanh: tf.atanh })) {
  add(name, [[5, 7]], (x) => f(inside(x)));
}
add('acosh', [[5, 7]], (x) => tf.acosh(tf.add(positive(x), 1)));
add('leakyRelu', [[5, 7]], (x) => tf.leakyRelu(x, 0.2));
add('prelu', [[5, 6], [6]], (x, a) => tf.prelu(x, a));
add('clipByValue', [[5, 6]], (x) => tf.clipByValue(x, -0.5, 0.5));
valuesOnly('step', [[5, 6]], (x) => tf.step(x, 0.3));
valuesOnly('isNaN, isInf and isFinite', [[5, 6]], (x) => {
  const odd = tf.concat([x, tf.tensor2d([[Number.NaN, Infinity, -Infinity, 0, -0, 1]])]);
  return tf.stack([float(tf.isNaN(odd)), float(tf.isInf(odd)), float(tf.isFinite(odd))]);
});
valuesOnly('log1p and expm1 of tiny numbers', [[6]], (x) => {
  const tiny = tf.mul(x, 1e-6);
  return tf.mul(tf.stack([tf.log1p(tiny), tf.expm1(tiny)]), 1e6);
});

// Functions of two.
const pairs: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  ...{ add: tf.add, sub: tf.sub, mul: tf.mul, maximum: tf.maximum, minimum: tf.minimum },
  ...{ squaredDifference: tf.squaredDifference, atan2: tf.atan2 },
  div: (a, b) => tf.div(a, positive(b)),
  pow: (a, b) => tf.pow(positive(a), b),
  mod: (a, b) => tf.mod(a, positive(b)),
};
for (const [name, f] of Object.entries(pairs)) {
  add(
    `${name} of one shape`,
    [
      [5, 7],
      [5, 7],
    ],
    f,
  );
  add(`${name} with a row`, [[5, 7], [7]], f);
  add(
    `${name} with a column`,
    [
      [5, 7],
      [5, 1],
    ],
    f,
  );
  add(
    `${name} of a column and a row, in three axes`,
    [
      [4, 1, 7],
      [5, 1],
    ],
    f,
  );
}
valuesOnly(
  'floorDiv',
  [
    [5, 7],
    [5, 7],
  ],
  (a, b) => tf.floorDiv(a, positive(b)),
);
valuesOnly('floorDiv and mod of integers', [], () => {
  const [a, b] = [int([-7, -1, 0, 5, 9]), int([2, 3, 4, -2, 4])];
  return tf.stack([float(tf.floorDiv(a, b)), float(tf.mod(a, b))]);
});
add(
  'addN',
  [
    [5, 6],
    [5, 6],
    [5, 6],
  ],
  (a, b, c) => tf.addN([a, b, tf.mul(c, 2)]),
);
valuesOnly('comparisons', [[5, 6], [6]], (a, b) => {
  const all = [tf.equal, tf.notEqual, tf.less, tf.lessEqual, tf.greater, tf.greaterEqual];
  return tf.stack(all.map((f) => float(f(tf.round(a), tf.round(b)))));
});
valuesOnly('logic', [[5, 6], [6]], (a, b) => {
  const [p, q] = [tf.greater(a, 0), tf.less(b, 0)];
  return tf.stack(
    [tf.logicalAnd(p, q), tf.logicalOr(p, q), tf.logicalXor(p, q), tf.logicalAnd(tf.logicalNot(p), q)].map(float),
  );
});
add(
  'where',
  [
    [5, 6],
    [5, 6],
  ],
  (a, b) => tf.where(tf.greater(a, b), a, b),
);
add(
  'where of what is broadcast',
  [
    [5, 1],
    [5, 4],
  ],
  (a, b) => tf.where(tf.greater(b, 0), tf.mul(a, tf.ones([5, 4])), b),
);
valuesOnly('casts', [[5, 6]], (x) => {
  const scaled = tf.mul(x, 3);
  return tf.stack([
    float(tf.cast(scaled, 'int32')),
    float(tf.cast(tf.round(x), 'bool')),
    float(tf.cast(tf.greater(x, 0), 'int32')),
  ]);
});
valuesOnly('fill, range, linspace, zerosLike and onesLike', [[6]], (x) =>
  tf.stack([tf.fill([6], 2.5), tf.range(1, 13, 2), tf.linspace(0, 1, 6), tf.zerosLike(x), tf.add(x, tf.onesLike(x))]),
);

// Reductions and scans.
for (const [name, f] of Object.entries({ sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod })) {
  // The stock gradient of prod needs a part of TensorFlow.js that is not loaded here.
  const add = name === 'prod' ? valuesOnly : differentiable;
  add(`${name} over all`, [[2, 3, 4]], (x) => tf.mul(f(x), x));
  add(`${name} over the last axis`, [[3, 4]], (x) => f(x, -1));
  add(`${name} over one axis, kept`, [[3, 4]], (x) => tf.mul(f(x, 0, true), x));
}
for (const [name, f] of Object.entries({ sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min })) {
  add(`${name} over two axes`, [[3, 4, 5]], (x) => f(x, [0, 2]));
}
valuesOnly('any and all', [[5, 6]], (x) =>
  tf.stack([float(tf.any(tf.greater(x, 1), 1)), float(tf.all(tf.greater(x, -1), 1))]),
);
valuesOnly('sum of booleans', [[5, 6]], (x) => float(tf.sum(tf.greater(x, 0), 1)));
valuesOnly('argMax and argMin', [[5, 6]], (x) => tf.stack([float(tf.argMax(x, 1)), float(tf.argMin(x, 1))]));
add('cumsum', [[5, 6]], (x) => tf.cumsum(x, 1));
add('cumsum, exclusive, reversed', [[5, 6]], (x) => tf.cumsum(x, 1, true, true));
valuesOnly('cumprod', [[5, 7]], (x) =>
  tf.stack([tf.cumprod(x, 1), tf.cumprod(x, 1, true), tf.cumprod(x, 1, false, true), tf.cumprod(x, 1, true, true)]),
);
add('softmax', [[5, 7]], (x) => tf.softmax(x));
add('logSoftmax', [[5, 7]], (x) => tf.logSoftmax(x));
add('logSumExp', [[5, 7]], (x) => tf.logSumExp(x, 1));
valuesOnly('topk', [[5, 7]], (x) => {
  const { values, indices } = tf.topk(x, 3);
  return tf.stack([values, float(indices)]);
});
add('norms', [[5, 6]], (x) => tf.add(tf.add(tf.norm(x, 1), tf.norm(x, Infinity)), tf.norm(x)));

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

// Products.
add(
  'matMul',
  [
    [5, 7],
    [7, 9],
  ],
  (a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
);
add(
  'matMul, transposed',
  [
    [7, 5],
    [9, 7],
  ],
  (a, b) => tf.matMul(a, b, true, true),
);
add(
  'matMul, second transposed, large',
  [
    [70, 100],
    [60, 100],
  ],
  (a, b) => tf.matMul(a, b, false, true),
);
add(
  'matMul in batches',
  [
    [4, 6, 5],
    [4, 5, 7],
  ],
  (a, b) => tf.matMul(a, b),
);
add(
  'matMul in batches, transposed',
  [
    [4, 6, 5],
    [4, 7, 6],
  ],
  (a, b) => tf.matMul(a, b, true, true),
);
add(
  'matMul of a batch and a matrix',
  [
    [4, 6, 5],
    [5, 7],
  ],
  (a, b) => tf.matMul(a, b),
);
add('dense with bias', [[5, 7], [7, 9], [9]], (x, w, b) => tf.add(tf.matMul(x, w), b));
for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const) {
  const smooth = activation === 'linear' || activation === 'relu' || activation === 'relu6' || activation === 'elu';
  add(
    `fused.matMul, ${activation}`,
    [[5, 7], [7, 3], [3]],
    (a, b, bias) =>
      tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation, leakyreluAlpha: 0.3 }),
    smooth,
  );
}
valuesOnly('fused.matMul, prelu, transposed', [[5, 7], [3, 7], [3]], (a, b, weights) =>
  tf.fused.matMul({
    a: a as tf.Tensor2D,
    b: b as tf.Tensor2D,
    transposeB: true,
    activation: 'prelu',
    preluActivationWeights: weights,
  }),
);
valuesOnly(
  'einsum',
  [
    [5, 6],
    [6, 4],
  ],
  (a, b) => tf.einsum('ij,jk->ki', a, b),
);
valuesOnly(
  'einsum in batches',
  [
    [2, 5, 6],
    [2, 6, 4],
  ],
  (a, b) => tf.einsum('bij,bjk->bik', a, b),
);
add('layerNorm', [[5, 7], [7], [7]], (x, gain, shift) => {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), gain), shift);
});
add('batchNorm', [[6, 4], [4], [4]], (x, gain, shift) => {
  const { mean, variance } = tf.moments(x, 0);
  return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, shift as tf.Tensor1D, gain as tf.Tensor1D, 1e-3);
});
add(
  'sigmoid cross entropy',
  [
    [5, 1],
    [5, 1],
  ],
  (y, logits) => tf.losses.sigmoidCrossEntropy(tf.step(y), logits),
);
add(
  'softmax cross entropy',
  [
    [5, 3],
    [5, 3],
  ],
  (y, logits) => tf.losses.softmaxCrossEntropy(tf.softmax(y), logits),
);
add(
  'huber loss',
  [
    [5, 6],
    [5, 6],
  ],
  (a, b) => tf.losses.huberLoss(a, b),
);

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
// Narrow and many: put together of slices, where the others are gathered; and wide and many.
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

// A kernel that only a gradient calls which is replaced here.
valuesOnly(
  'the kernel EluGrad',
  [
    [5, 6],
    [5, 6],
  ],
  (x, dy) => tf.engine().runKernel('EluGrad', { dy, y: tf.elu(x) }) as tf.Tensor,
);

/** Cases that use every kernel that compiled functions may use, by name. */
export const KERNEL_CASES: Readonly<Record<string, KernelCase>> = cases;
