import { pad, reduce, reshape, slice } from '../layout.ts';
import { binary } from '../onnx/elementwise.ts';
import { gemm } from '../onnx/products.ts';
import { type Graph, sizeOf, type Value } from '../tracing/graph.ts';
import { activate } from './elementwise.ts';
import type { Kernel, KernelTable } from './kernel.ts';
import {
  type ConvolutionAttributes,
  columns,
  convolutionWindow,
  gatherBack,
  gatherRows,
  gathersWell,
  isSequence,
  padded,
  seenBy,
  taps,
  type Window,
} from './windows.ts';

const positionsOf = ({ batchSize, outHeight, outWidth }: Window) => batchSize * outHeight * outWidth;
const outputShape = ({ batchSize, outHeight, outWidth, outChannels }: Window) => [
  batchSize,
  outHeight,
  outWidth,
  outChannels,
];

/** im2col and one product: faster at these sizes than ONNX's Conv, which requires the channels first. */
function convolve(g: Graph, x: Value, filter: Value, window: Window): Value {
  const { filterHeight, filterWidth, inChannels, outChannels } = window;
  const weights = reshape(g, filter, [filterHeight * filterWidth * inChannels, outChannels]);
  return reshape(g, gemm(g, columns(g, x, window), weights), outputShape(window));
}

const channelsLast = ({ dataFormat }: ConvolutionAttributes) => dataFormat === undefined || dataFormat === 'NHWC';

const conv2d: Kernel<ConvolutionAttributes> = (g, { x, filter }, attributes) =>
  channelsLast(attributes) ? convolve(g, x, filter, convolutionWindow(x.shape, filter.shape, attributes)) : undefined;

const filterGradient: Kernel<ConvolutionAttributes> = (g, { x, dy }, attributes) => {
  if (!channelsLast(attributes)) return undefined;
  const shape = attributes.filterShape as number[];
  const window = convolutionWindow(x.shape, shape, attributes);
  const given = reshape(g, dy, [positionsOf(window), window.outChannels]);
  return reshape(g, gemm(g, columns(g, x, window), given, true, false), shape);
};

/**
 * Without a stride, the contribution of each tap to a position is gathered (a row of zeros if the tap was outside) and
 * summed.
 */
function summedTaps(g: Graph, perTap: Value, window: Window): Value {
  const { batchSize, inChannels, inWidth, outWidth, filterWidth, padInfo } = window;
  const count = outWidth * filterWidth;
  const rows = pad(g, reshape(g, perTap, [batchSize, count, inChannels]), [[0, 0], [0, 1], [0, 0]]); // biome-ignore format: one row
  const parts = Array.from({ length: filterWidth }, (_, tap) => {
    const indices = Array.from({ length: inWidth }, (_, i) => {
      const output = i + padInfo.left - tap;
      return output >= 0 && output < outWidth ? output * filterWidth + tap : count;
    });
    return gatherRows(g, rows, indices);
  });
  return parts.reduce((total, part) => binary(g, 'Add', total, part));
}

/** Over one axis: the reverse of the reshape that {@link columns} makes of a stride. */
function sequenceInputGradient(g: Graph, perTap: Value, window: Window): Value {
  const { batchSize, inChannels, inWidth, outWidth, filterWidth, strideWidth, padInfo } = window;
  const groups = Math.ceil(filterWidth / strideWidth);
  const length = strideWidth * (outWidth + groups - 1);
  if (strideWidth === 1 && filterWidth > 1 && gathersWell(batchSize * inWidth * filterWidth, inChannels)) {
    return summedTaps(g, perTap, window);
  }
  const rows = reshape(g, perTap, [batchSize, outWidth, filterWidth * inChannels]);
  const parts = Array.from({ length: groups }, (_, q) => {
    const width = Math.min(strideWidth, filterWidth - q * strideWidth) * inChannels;
    const part = slice(g, rows, [0, 0, q * strideWidth * inChannels], [batchSize, outWidth, width]);
    return pad(g, part, [[0, 0], [q, groups - 1 - q], [0, strideWidth * inChannels - width]]); // biome-ignore format: one row
  });
  const sum = parts.reduce((total, part) => binary(g, 'Add', total, part));
  const sequence = reshape(g, sum, [batchSize, length, inChannels]);
  return pad(g, sequence, [
    [0, 0],
    [-padInfo.left, inWidth + padInfo.left - length],
    [0, 0],
  ]);
}

const inputGradient: Kernel<ConvolutionAttributes> = (g, { dy, filter }, attributes) => {
  if (!channelsLast(attributes)) return undefined;
  const shape = attributes.inputShape as number[];
  const window = convolutionWindow(shape, filter.shape, attributes);
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels, outChannels } = window;
  const count = filterHeight * filterWidth;
  const given = reshape(g, dy, [positionsOf(window), outChannels]);
  const perTap = gemm(g, given, reshape(g, filter, [count * inChannels, outChannels]), false, true);
  if (isSequence(window)) return reshape(g, sequenceInputGradient(g, perTap, window), shape);
  const blocks = reshape(g, perTap, [batchSize, outHeight, outWidth, count * inChannels]);
  return gatherBack(g, window, (tap) =>
    slice(g, blocks, [0, 0, 0, tap * inChannels], [batchSize, outHeight, outWidth, inChannels]),
  );
};

interface Fused extends ConvolutionAttributes {
  activation?: string;
  leakyreluAlpha?: number;
}

/** A convolution with bias and activation. */
const fused =
  (convolution: Kernel<ConvolutionAttributes>): Kernel<Fused> =>
  (g, inputs, attributes) => {
    const { bias, preluActivationWeights: weights } = inputs;
    const y = convolution(g, inputs, attributes) as Value | undefined;
    if (!y) return undefined;
    const sum = bias ? binary(g, 'Add', y, bias) : y;
    return activate(g, sum, attributes.activation, { weights, alpha: attributes.leakyreluAlpha });
  };

/** The weights of one tap, [1, 1, 1, channels, multiplier]. */
function tapWeights(g: Graph, filter: Value, tap: number): Value {
  const [height, width, channels, multiplier] = filter.shape;
  const flat = reshape(g, filter, [height * width, channels, multiplier]);
  return reshape(g, slice(g, flat, [tap, 0, 0], [1, channels, multiplier]), [1, 1, 1, channels, multiplier]);
}

const depthwiseWindow = (x: readonly number[], filter: readonly number[], attributes: ConvolutionAttributes) =>
  convolutionWindow(x, filter, attributes, true);

/** Each channel with its own filters: the sum over taps of the tap's input times its weights. */
const depthwise: Kernel<ConvolutionAttributes> = (g, { x, filter }, attributes) => {
  if (!channelsLast(attributes)) return undefined;
  const window = depthwiseWindow(x.shape, filter.shape, attributes);
  const input = padded(g, x, window);
  const terms = taps(window).map((place, tap) => {
    const seen = seenBy(g, input, place, window);
    return binary(g, 'Mul', reshape(g, seen, [...seen.shape, 1]), tapWeights(g, filter, tap));
  });
  const sum = terms.reduce((total, term) => binary(g, 'Add', total, term));
  return reshape(g, sum, outputShape(window));
};

/** dy with its last axis split: [batch, outHeight, outWidth, channels, multiplier]. */
function perChannel(g: Graph, dy: Value, [, , channels, multiplier]: readonly number[]): Value {
  return reshape(g, dy, [...dy.shape.slice(0, 3), channels, multiplier]);
}

const depthwiseFilterGradient: Kernel<ConvolutionAttributes> = (g, { x, dy }, attributes) => {
  if (!channelsLast(attributes)) return undefined;
  const shape = attributes.filterShape as number[];
  const window = depthwiseWindow(x.shape, shape, attributes);
  const input = padded(g, x, window);
  const given = perChannel(g, dy, shape);
  const parts = taps(window).map((place) => {
    const seen = seenBy(g, input, place, window);
    const products = binary(g, 'Mul', reshape(g, seen, [...seen.shape, 1]), given);
    return reshape(g, reduce(g, 'ReduceSum', products, [0, 1, 2]), [1, sizeOf(shape.slice(2))]);
  });
  return reshape(g, g.op('Concat', parts, [parts.length, parts[0].shape[1]], 'float32', { axis: 0 }), shape);
};

const depthwiseInputGradient: Kernel<ConvolutionAttributes> = (g, { dy, filter }, attributes) => {
  if (!channelsLast(attributes)) return undefined;
  const window = depthwiseWindow(attributes.inputShape as number[], filter.shape, attributes);
  const given = perChannel(g, dy, filter.shape);
  return gatherBack(g, window, (tap) =>
    reduce(g, 'ReduceSum', binary(g, 'Mul', given, tapWeights(g, filter, tap)), [4]),
  );
};

/** Convolutions over one and two axes, channels last, with their gradients. */
export const CONVOLUTIONS: KernelTable = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: inputGradient,
  FusedConv2D: fused(conv2d),
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  FusedDepthwiseConv2D: fused(depthwise),
};
