import type * as tf from '@tensorflow/tfjs-core';
import { type HeapBackend, type HeapBackendName, heapOf, replaceKernel } from './heap-kernel.ts';
import { createProduct, type Product } from './heap-product.ts';

/** Kernel names: y = conv(x, w), and the two other members of its bilinear family. */
export const CONV1D = 'QloomConv1d';
export const CONV1D_INPUT = 'QloomConv1dInput';
export const CONV1D_FILTER = 'QloomConv1dFilter';

/** Shape of one convolution: `x` [batch, length, channels], `kernel` taps, `left` zeros before the first position. */
interface Window {
  readonly batch: number;
  readonly length: number;
  readonly channels: number;
  readonly kernel: number;
  readonly left: number;
}

/** Visits every (row, tap) of the im2col matrix with the offset of its source in `x`, or −1 in the padding. */
function forEachTap(
  { batch, length, channels, kernel, left }: Window,
  visit: (row: number, tap: number, from: number) => void,
): void {
  for (let b = 0, row = 0; b < batch; b++) {
    for (let l = 0; l < length; l++, row++) {
      for (let k = 0; k < kernel; k++) {
        const at = l + k - left;
        visit(row, k * channels, at < 0 || at >= length ? -1 : (b * length + at) * channels);
      }
    }
  }
}

/** im2col: [batch·length, kernel·channels]. */
function writeColumns(x: Float32Array, window: Window, columns: Float32Array): void {
  const { channels, kernel } = window;
  const width = kernel * channels;
  forEachTap(window, (row, tap, from) => {
    const to = row * width + tap;
    if (from < 0) for (let c = 0; c < channels; c++) columns[to + c] = 0;
    else for (let c = 0; c < channels; c++) columns[to + c] = x[from + c];
  });
}

/** im2col, transposed: [kernel·channels, batch·length]. */
function writeColumnsTransposed(x: Float32Array, window: Window, columns: Float32Array): void {
  const { channels } = window;
  const rows = window.batch * window.length;
  forEachTap(window, (row, tap, from) => {
    for (let c = 0; c < channels; c++) columns[(tap + c) * rows + row] = from < 0 ? 0 : x[from + c];
  });
}

/** w̃[k, o, i] = w[K−1−k, i, o]: the filter that carries a gradient from the output to the input. */
function writeFlipped(w: Float32Array, [kernel, inputs, outputs]: readonly number[], flipped: Float32Array): void {
  for (let k = 0, from = 0; k < kernel; k++) {
    const base = (kernel - 1 - k) * outputs * inputs;
    for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) flipped[base + o * inputs + i] = w[from++];
  }
}

function convolve(
  heap: HeapBackend,
  product: Product,
  x: tf.TensorInfo,
  w: tf.TensorInfo,
  left: number,
): tf.TensorInfo {
  const [batch, length, channels] = x.shape;
  const [kernel, , outputs] = w.shape;
  const columns = heap.allocate([batch * length, kernel * channels]);
  writeColumns(heap.memory(x), { batch, length, channels, kernel, left }, heap.memory(columns));
  const out = product(columns, w, batch * length, kernel * channels, outputs, [batch, length, outputs]);
  heap.dispose(columns);
  return out;
}

/**
 * Registers convolution over one axis with stride 1 and zero padding ('same'), as im2col and one matrix product:
 * - QloomConv1d(x, w): y = Σ_k x[l + k − left] w[k];
 * - QloomConv1dInput(dy, w): the gradient with respect to x;
 * - QloomConv1dFilter(x, dy; kernel): the gradient with respect to w.
 * Each is bilinear and its gradients are the two others, so every order of differentiation stays in the family.
 */
export function registerConv1dKernels(backendName: HeapBackendName): void {
  const product = createProduct(backendName);
  const leftOf = (kernel: number) => (kernel - 1) >> 1;
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
    const { kernel } = attrs as { kernel: number };
    const heap = heapOf(backendName, backend);
    const [batch, length, channels] = x.shape;
    const outputs = dy.shape[2];
    const columns = heap.allocate([kernel * channels, batch * length]);
    const window = { batch, length, channels, kernel, left: leftOf(kernel) };
    writeColumnsTransposed(heap.memory(x), window, heap.memory(columns));
    const shape = [kernel, channels, outputs];
    const dw = product(backend)(columns, dy, kernel * channels, batch * length, outputs, shape);
    heap.dispose(columns);
    return dw;
  });
}
