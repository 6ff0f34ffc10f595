import type * as tf from '@tensorflow/tfjs-core';
import { type HeapBackend, type HeapBackendName, heapOf, replaceKernel } from './heap-kernel.ts';
import { createProduct, type Product } from './heap-product.ts';

/** Kernel names: y = conv(x, w), and the two other members of its bilinear family. */
export const CONV1D = 'HeapConv1d';
export const CONV1D_INPUT = 'HeapConv1dInput';
export const CONV1D_FILTER = 'HeapConv1dFilter';

/** Shape of one convolution: `x` [batch, length, channels], `kernel` taps, `left` zeros before the first position. */
interface Window {
  readonly batch: number;
  readonly length: number;
  readonly channels: number;
  readonly kernel: number;
  readonly left: number;
}

/**
 * im2col: [batch·length, kernel·channels]. The taps of one position are adjacent in `x`, so that a row is one run of
 * it, truncated at both ends of the sequence.
 */
function writeColumns(x: Float32Array, { batch, length, channels, kernel, left }: Window, columns: Float32Array): void {
  const width = kernel * channels;
  const run = length * channels;
  let to = 0;
  for (let start = 0; start < batch * run; start += run) {
    for (let first = -left * channels; first < run - left * channels; first += channels) {
      for (let tap = 0, at = first; tap < width; tap++, at++, to++) {
        columns[to] = at >= 0 && at < run ? x[start + at] : 0;
      }
    }
  }
}

/** im2col, transposed: [kernel·channels, batch·length]. */
function writeColumnsTransposed(
  x: Float32Array,
  { batch, length, channels, kernel, left }: Window,
  columns: Float32Array,
): void {
  const width = kernel * channels;
  const run = length * channels;
  let to = 0;
  for (let tap = -left * channels; tap < width - left * channels; tap++) {
    for (let start = 0; start < batch * run; start += run) {
      for (let at = tap; at < run + tap; at += channels, to++) {
        columns[to] = at >= 0 && at < run ? x[start + at] : 0;
      }
    }
  }
}

/** w̃[k, o, i] = w[K−1−k, i, o]: the filter that carries a gradient from the output to the input. */
function writeFlipped(w: Float32Array, [kernel, inputs, outputs]: readonly number[], flipped: Float32Array): void {
  for (let k = 0, from = 0; k < kernel; k++) {
    const base = (kernel - 1 - k) * outputs * inputs;
    for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) flipped[base + o * inputs + i] = w[from++];
  }
}

/** The shape of [batch, length, channels] numbers in the rank of `like`: 3, or 2 with the last two axes in one. */
function shapeLike(like: tf.TensorInfo, batch: number, length: number, channels: number): number[] {
  return like.shape.length === 2 ? [batch, length * channels] : [batch, length, channels];
}

const sizeOf = (info: tf.TensorInfo) => info.shape.reduce((size, extent) => size * extent, 1);
const leftOf = (kernel: number) => (kernel - 1) >> 1;

function convolve(
  heap: HeapBackend,
  product: Product,
  x: tf.TensorInfo,
  w: tf.TensorInfo,
  left: number,
): tf.TensorInfo {
  const [kernel, channels, outputs] = w.shape;
  const batch = x.shape[0];
  const length = sizeOf(x) / (batch * channels);
  const columns = heap.allocate([batch * length, kernel * channels]);
  writeColumns(heap.memory(x), { batch, length, channels, kernel, left }, heap.memory(columns));
  const shape = shapeLike(x, batch, length, outputs);
  const out = product(columns, w, batch * length, kernel * channels, outputs, shape);
  heap.dispose(columns);
  return out;
}

/**
 * Registers convolution over one axis with stride 1 and zero padding ('same'), as im2col and one matrix product:
 * - HeapConv1d(x, w): y = Σ_k x[l + k − left] w[k];
 * - HeapConv1dInput(dy, w): the gradient with respect to x;
 * - HeapConv1dFilter(x, dy; kernel, inputs): the gradient with respect to w. Each is bilinear and its gradients are the
 *   two others, so that derivatives of every order are in the family.
 */
export function registerConv1dKernels(backendName: HeapBackendName): void {
  const product = createProduct(backendName);
  replaceKernel(CONV1D, backendName, ({ inputs, backend }) => {
    const { x, w } = inputs as Record<string, tf.TensorInfo>;
    return convolve(heapOf(backendName, backend), product(backend), x, w, leftOf(w.shape[0]));
  });
  replaceKernel(CONV1D_INPUT, backendName, ({ inputs, backend }) => {
    const { dy, w } = inputs as Record<string, tf.TensorInfo>;
    const heap = heapOf(backendName, backend);
    const [kernel, channels, outputs] = w.shape;
    const flipped = heap.allocate([kernel, outputs, channels]);
    writeFlipped(heap.memory(w), w.shape, heap.memory(flipped));
    const dx = convolve(heap, product(backend), dy, flipped, kernel - 1 - leftOf(kernel));
    heap.dispose(flipped);
    return dx;
  });
  replaceKernel(CONV1D_FILTER, backendName, ({ inputs, backend, attrs }) => {
    const { x, dy } = inputs as Record<string, tf.TensorInfo>;
    const { kernel, inputs: channels } = attrs as { kernel: number; inputs: number };
    const heap = heapOf(backendName, backend);
    const batch = x.shape[0];
    const length = sizeOf(x) / (batch * channels);
    const outputs = sizeOf(dy) / (batch * length);
    const columns = heap.allocate([kernel * channels, batch * length]);
    const window = { batch, length, channels, kernel, left: leftOf(kernel) };
    writeColumnsTransposed(heap.memory(x), window, heap.memory(columns));
    const shape = [kernel, channels, outputs];
    const dw = product(backend)(columns, dy, kernel * channels, batch * length, outputs, shape);
    heap.dispose(columns);
    return dw;
  });
}
