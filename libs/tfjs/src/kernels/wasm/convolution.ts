import * as tf from '@tensorflow/tfjs-core';
import { heapOf, replaceKernel } from '../heap-kernel.ts';

type Conv2DInfo = tf.backend_util.Conv2DInfo;

interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape: [number, number, number, number];
}

/**
 * Visits every tap of the receptive fields that lies inside the input, in the order (row of the im2col matrix, tap):
 * `visit(column offset, input offset)` for a run of inChannels numbers.
 */
function forEachTap(info: Conv2DInfo, visit: (column: number, input: number) => void): void {
  const { padInfo, filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { outHeight, outWidth, inHeight, inWidth, inChannels, batchSize } = info;
  let column = 0;
  for (let b = 0; b < batchSize; b++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let ow = 0; ow < outWidth; ow++) {
        for (let i = 0; i < filterHeight; i++) {
          const h = oh * strideHeight + i * dilationHeight - padInfo.top;
          for (let j = 0; j < filterWidth; j++, column += inChannels) {
            const w = ow * strideWidth + j * dilationWidth - padInfo.left;
            if (h >= 0 && h < inHeight && w >= 0 && w < inWidth) {
              visit(column, ((b * inHeight + h) * inWidth + w) * inChannels);
            }
          }
        }
      }
    }
  }
}

/**
 * The gradient of a 2-D (or, through tfjs, 1-D) convolution with respect to its filter, which the WebAssembly backend lacks:
 * dW = im2col(x)ᵀ · dy, the product by XNNPACK. NHWC only, as stock Conv2D there.
 */
export function registerWasmConvolutions(): void {
  const matMul = tf.getKernel('BatchMatMul', 'wasm')?.kernelFunc;
  if (!matMul) throw new Error('the WebAssembly backend has no BatchMatMul: is tfjs 4.22.0 installed?');
  replaceKernel('Conv2DBackpropFilter', 'wasm', ({ inputs, backend, attrs }) => {
    const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
    const { strides, pad, dimRoundingMode, filterShape, dataFormat } = attrs as unknown as ConvolutionAttributes;
    if (dataFormat && dataFormat !== 'NHWC') {
      throw new Error(`Conv2DBackpropFilter on WebAssembly: data format ${dataFormat} is not NHWC`);
    }
    const info = tf.backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const heap = heapOf('wasm', backend);
    const rows = info.batchSize * info.outHeight * info.outWidth;
    const width = info.filterHeight * info.filterWidth * info.inChannels;
    const columns = heap.allocate([1, width, rows]);
    const from = heap.memory(x);
    const to = heap.memory(columns).fill(0);
    forEachTap(info, (column, input) => {
      const row = Math.floor(column / width);
      const tap = column - row * width;
      for (let c = 0; c < info.inChannels; c++) to[(tap + c) * rows + row] = from[input + c];
    });
    const out = matMul({
      inputs: { a: columns, b: { dataId: dy.dataId, dtype: 'float32', shape: [1, rows, info.outChannels] } },
      backend,
      attrs: { transposeA: false, transposeB: false },
    }) as tf.TensorInfo;
    heap.dispose(columns);
    return { dataId: out.dataId, shape: filterShape, dtype: 'float32' };
  });
}
