import type { GraphType } from '../tracing/graph.ts';

/** Codes of the element types in ONNX (TensorProto.DataType). */
export const ONNX_TYPES: Readonly<Record<GraphType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };
