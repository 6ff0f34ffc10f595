import * as tf from '@tensorflow/tfjs-core';
import { concat, pad, reshape, slice } from '../layout.ts';
import { binary } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../tracing/graph.ts';

/** The geometry of a convolution or a pooling. */
export type Window = tf.backend_util.Conv2DInfo;

/** Attributes of TensorFlow.js's convolution kernels. */
export interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
  filterShape?: [number, number, number, number];
  inputShape?: [number, number, number, number];
}

type Shape4D = [number, number, number, number];

/** The geometry of a convolution of these shapes; `depthwise`: one filter per channel. */
export function convolutionWindow(
  x: readonly number[],
  filter: readonly number[],
  { strides, dilations = 1, pad: padding, dimRoundingMode }: ConvolutionAttributes,
  depthwise = false,
): Window {
  return tf.backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    strides,
    dilations,
    padding,
    dimRoundingMode,
    depthwise,
  );
}

/** Positions of the window's taps, row by row: offsets of each tap in the padded input. */
export function taps({ filterHeight, filterWidth, dilationHeight, dilationWidth }: Window): [number, number][] {
  const rows = Array.from({ length: filterHeight }, (_, i) => i * dilationHeight);
  return rows.flatMap((row) =>
    Array.from({ length: filterWidth }, (_, j): [number, number] => [row, j * dilationWidth]),
  );
}

/** The input padded with zeros (or another value). */
export function padded(g: Graph, x: Value, { padInfo }: Window, filler = 0): Value {
  const { top, bottom, left, right } = padInfo;
  return pad(g, x, [[0, 0], [top, bottom], [left, right], [0, 0]], filler); // biome-ignore format: one row
}

/** The part of the padded input that one tap reads: [batch, outHeight, outWidth, channels]. */
export function seenBy(g: Graph, input: Value, [row, column]: readonly [number, number], window: Window): Value {
  const { batchSize, outHeight, outWidth, strideHeight, strideWidth } = window;
  const size = [batchSize, outHeight, outWidth, input.shape[3]];
  return slice(g, input, [0, row, column, 0], size, [1, strideHeight, strideWidth, 1]);
}

/** Extents of the padded input. */
function paddedExtents({ inHeight, inWidth, padInfo }: Window): [number, number] {
  return [inHeight + padInfo.top + padInfo.bottom, inWidth + padInfo.left + padInfo.right];
}

/** The adjoint of {@link seenBy}: numbers at the positions that a tap reads, zeros elsewhere. */
function spread(g: Graph, values: Value, [row, column]: readonly [number, number], window: Window): Value {
  const { strideHeight, strideWidth } = window;
  const [height, width] = paddedExtents(window);
  const [batch, outHeight, outWidth, channels] = values.shape;
  let apart = values;
  if (strideHeight > 1 || strideWidth > 1) {
    const split = reshape(g, values, [batch, outHeight, 1, outWidth, 1, channels]);
    const none: [number, number] = [0, 0];
    const filled = pad(g, split, [none, none, [0, strideHeight - 1], none, [0, strideWidth - 1], none]);
    apart = reshape(g, filled, [batch, outHeight * strideHeight, outWidth * strideWidth, channels]);
  }
  const after = (extent: number, begin: number, length: number): [number, number] => [begin, extent - begin - length];
  const rows = after(height, row, outHeight * strideHeight);
  const columns = after(width, column, outWidth * strideWidth);
  return pad(g, apart, [[0, 0], rows, columns, [0, 0]]);
}

/**
 * The sum over taps of each one's contribution to the positions that it reads, without the padding: the gradient of
 * every window operation.
 */
export function gatherBack(g: Graph, window: Window, given: (tap: number) => Value): Value {
  const { padInfo } = window;
  const sum = taps(window)
    .map((place, tap) => spread(g, given(tap), place, window))
    .reduce((total, part) => binary(g, 'Add', total, part));
  const { top, bottom, left, right } = padInfo;
  return pad(g, sum, [[0, 0], [-top, -bottom], [-left, -right], [0, 0]]); // biome-ignore format: one row
}

/** Whether a convolution runs over one axis without gaps, as conv1d makes them. */
export function isSequence({ inHeight, filterHeight, outHeight, padInfo, dilationWidth }: Window): boolean {
  const flat = inHeight === 1 && filterHeight === 1 && outHeight === 1 && padInfo.top === 0 && padInfo.bottom === 0;
  return flat && dilationWidth === 1;
}

/**
 * Maximum width of a narrow block, and number of narrow blocks above which a copy block by block takes longer than
 * slices.
 */
const NARROW_BLOCK = 8;
const NARROW_BLOCKS = 4096;

/** Rows of an axis by their numbers: [batch, rows, width] → [batch, indices, width]. */
export function gatherRows(g: Graph, x: Value, indices: readonly number[]): Value {
  const [batch, , width] = x.shape;
  const inputs = [x, g.constant(indices, [indices.length], 'int32')];
  return g.op('Gather', inputs, [batch, indices.length, width], x.dtype, { axis: 1 });
}

/** Whether {@link gatherRows} of this total number of rows is faster than slices and their concatenation. */
export const gathersWell = (rows: number, width: number): boolean => width >= NARROW_BLOCK || rows <= NARROW_BLOCKS;

/**
 * im2col: one row per output, one column per tap and channel. Over one axis a stride is a reshape: elements `stride`
 * apart are adjacent in [length/stride, stride·channels], and a row is a run of these. Rows are gathered at once, or,
 * if a part of the last one is left over or blocks are narrow, concatenated from slices without strides.
 */
export function columns(g: Graph, x: Value, window: Window): Value {
  const { batchSize, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideWidth, padInfo } = window;
  const shape = [batchSize * outHeight * outWidth, filterHeight * filterWidth * inChannels];
  if (!isSequence(window)) {
    const input = padded(g, x, window);
    return reshape(
      g,
      concat(
        g,
        taps(window).map((tap) => seenBy(g, input, tap, window)),
        3,
      ),
      shape,
    );
  }
  const groups = Math.ceil(filterWidth / strideWidth);
  const length = strideWidth * (outWidth + groups - 1);
  const sequence = reshape(g, x, [batchSize, window.inWidth, inChannels]);
  const around = pad(g, sequence, [
    [0, 0],
    [padInfo.left, length - window.inWidth - padInfo.left],
    [0, 0],
  ]);
  const grouped = reshape(g, around, [batchSize, length / strideWidth, strideWidth * inChannels]);
  const whole = groups > 1 && filterWidth % strideWidth === 0;
  if (whole && gathersWell(batchSize * outWidth * groups, strideWidth * inChannels)) {
    const indices = Array.from({ length: outWidth * groups }, (_, i) => Math.floor(i / groups) + (i % groups));
    return reshape(g, gatherRows(g, grouped, indices), shape);
  }
  const parts = Array.from({ length: groups }, (_, q) =>
    slice(
      g,
      grouped,
      [0, q, 0],
      [batchSize, outWidth, Math.min(strideWidth, filterWidth - q * strideWidth) * inChannels],
    ),
  );
  return reshape(g, concat(g, parts, 2), shape);
}
