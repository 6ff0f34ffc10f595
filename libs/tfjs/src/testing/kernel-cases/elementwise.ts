import * as tf from '@tensorflow/tfjs-core';
import { createCases, float, inside, int, type KernelCases, positive, type Unary } from './kernel-case.ts';

const { cases, differentiable, valuesOnly } = createCases();
const add = differentiable;

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

// A kernel that is called only by a gradient which is replaced here.
valuesOnly(
  'the kernel EluGrad',
  [
    [5, 6],
    [5, 6],
  ],
  (x, dy) => tf.engine().runKernel('EluGrad', { dy, y: tf.elu(x) }) as tf.Tensor,
);

/** Functions of one number or two, element by element. */
export const ELEMENTWISE: KernelCases = cases;
