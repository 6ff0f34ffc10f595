import * as tf from '@tensorflow/tfjs-core';
import { binary, cast, elementwise, unary } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../tracing/graph.ts';
import type { Kernel, KernelTable } from './kernel.ts';
import { gatherBack, padded, seenBy, taps, type Window } from './windows.ts';

interface Pooling {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The lowest finite float32; it pads the input. */
const LOWEST = -3.4028234663852886e38;

function poolingWindow({ shape }: Value, { filterSize, strides, pad, dimRoundingMode }: Pooling): Window {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

const largest = (g: Graph, parts: readonly Value[]) =>
  parts.length === 1 ? parts[0] : elementwise(g, 'Max', parts, parts[0].shape);

const maxPool: Kernel<Pooling> = (g, { x }, attributes) => {
  const window = poolingWindow(x, attributes);
  const input = padded(g, x, window, LOWEST);
  return largest(
    g,
    taps(window).map((tap) => seenBy(g, input, tap, window)),
  );
};

/** The gradient goes to the first tap with the largest number, as in TensorFlow.js. */
const maxPoolGradient: Kernel<Pooling> = (g, { dy, input: x }, attributes) => {
  const window = poolingWindow(x, attributes);
  const input = padded(g, x, window, LOWEST);
  const seen = taps(window).map((tap) => seenBy(g, input, tap, window));
  const output = largest(g, seen);
  let free: Value | undefined;
  const chosen = seen.map((part) => {
    const equal = binary(g, 'Equal', part, output, 'bool');
    const first = free ? binary(g, 'And', equal, free, 'bool') : equal;
    const unequal = unary(g, 'Not', equal);
    free = free ? binary(g, 'And', free, unequal, 'bool') : unequal;
    return binary(g, 'Mul', dy, cast(g, first, 'float32'));
  });
  return gatherBack(g, window, (tap) => chosen[tap]);
};

/** Number of taps of the window inside the input, [1, outHeight, outWidth, 1]. */
function insideCounts(g: Graph, window: Window): Value {
  const { outHeight, outWidth, strideHeight, strideWidth, inHeight, inWidth, padInfo } = window;
  const counts = new Float32Array(outHeight * outWidth);
  for (const [row, column] of taps(window)) {
    for (let i = 0; i < counts.length; i++) {
      const h = Math.floor(i / outWidth) * strideHeight + row - padInfo.top;
      const w = (i % outWidth) * strideWidth + column - padInfo.left;
      if (h >= 0 && h < inHeight && w >= 0 && w < inWidth) counts[i]++;
    }
  }
  return g.constant(counts, [1, outHeight, outWidth, 1], 'float32');
}

/** The mean over the part of the window inside the input. */
const averagePool: Kernel<Pooling> = (g, { x }, attributes) => {
  const window = poolingWindow(x, attributes);
  const input = padded(g, x, window);
  const sum = taps(window)
    .map((tap) => seenBy(g, input, tap, window))
    .reduce((total, part) => binary(g, 'Add', total, part));
  return binary(g, 'Div', sum, insideCounts(g, window));
};

/**
 * As TensorFlow.js's kernel: dy over the size of the window, including padding (the gradient of AvgPool corrects for
 * it).
 */
const averagePoolGradient: Kernel<Pooling> = (g, { dy, input }, attributes) => {
  const window = poolingWindow(input, attributes);
  const share = binary(g, 'Mul', dy, g.splat(1 / (window.filterHeight * window.filterWidth)));
  return gatherBack(g, window, () => share);
};

/** Pooling over one and two axes, channels last, with gradients. */
export const POOLING: KernelTable = {
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
  AvgPool: averagePool,
  AvgPoolGrad: averagePoolGradient,
};
