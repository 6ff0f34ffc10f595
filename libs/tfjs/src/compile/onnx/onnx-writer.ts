import type { Attributes, GraphType, Numbers } from '../tracing/graph.ts';
import { ONNX_TYPES } from './onnx-types.ts';

/** Versions of ONNX's operators and of its file format in the written graphs. */
const OPSET = 17;
const IR_VERSION = 8;

/** Wire types of protobuf. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** AttributeProto.AttributeType. */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const INTS = 7;

/** A protobuf message under construction. Field numbers are those of onnx.proto3. */
class Message {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  private append(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  private varint(number: number): this {
    const bytes: number[] = [];
    if (number >= 0 && number < 2 ** 31) {
      for (let rest = number; ; rest >>>= 7) {
        if (rest < 128) {
          bytes.push(rest);
          return this.append(Uint8Array.from(bytes));
        }
        bytes.push((rest & 127) | 128);
      }
    }
    // Negative numbers are written as 64 bits, two's complement.
    for (let rest = BigInt.asUintN(64, BigInt(number)); ; rest >>= 7n) {
      const low = Number(rest & 127n);
      if (rest < 128n) {
        bytes.push(low);
        return this.append(Uint8Array.from(bytes));
      }
      bytes.push(low | 128);
    }
  }

  int(field: number, value: number): this {
    return this.varint(field * 8 + VARINT).varint(value);
  }

  float(field: number, value: number): this {
    return this.varint(field * 8 + FIXED32).append(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.varint(field * 8 + LENGTH_DELIMITED)
      .varint(value.length)
      .append(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.length);
    let offset = 0;
    for (const part of this.parts) {
      all.set(part, offset);
      offset += part.length;
    }
    return all;
  }
}

/** A named tensor's type. */
export interface TensorType {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: GraphType;
}

/** One application of an operator, by names. */
export interface NodeDescription {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A constant, by name. */
export interface ConstantDescription extends TensorType {
  /** One number for all, or one per element. */
  readonly numbers: number | Numbers;
}

/** A whole graph, by names. */
export interface ModelDescription {
  readonly nodes: readonly NodeDescription[];
  readonly constants: readonly ConstantDescription[];
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
}

function attribute(name: string, value: Attributes[string]): Message {
  const message = new Message().string(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, INT);
  if (typeof value === 'string') return message.string(4, value).int(20, STRING);
  if ('float' in value) return message.float(2, value.float).int(20, FLOAT);
  for (const item of value) message.int(8, item);
  return message.int(20, INTS);
}

function node({ op, inputs, outputs, attributes }: NodeDescription, index: number): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  for (const output of outputs) message.string(2, output);
  message.string(3, `${op} ${index}`).string(4, op);
  for (const [name, value] of Object.entries(attributes)) message.message(5, attribute(name, value));
  return message;
}

/**
 * Little-endian bytes of numbers: typed arrays have the machine's byte order, which is little-endian on every platform
 * of Node.
 */
function bytesOf(numbers: Numbers, dtype: GraphType): Uint8Array {
  const list = Array.from(numbers);
  if (dtype === 'bool') return Uint8Array.from(list, (number) => (number ? 1 : 0));
  const typed =
    dtype === 'int64'
      ? BigInt64Array.from(list, BigInt)
      : dtype === 'int32'
        ? Int32Array.from(list)
        : Float32Array.from(list);
  return new Uint8Array(typed.buffer);
}

function constant({ name, shape, dtype, numbers }: ConstantDescription): Message {
  const count = shape.reduce((size, extent) => size * extent, 1);
  const all = typeof numbers === 'number' ? Array<number>(count).fill(numbers) : numbers;
  const message = new Message();
  for (const extent of shape) message.int(1, extent);
  return message.int(2, ONNX_TYPES[dtype]).string(8, name).bytes(9, bytesOf(all, dtype));
}

function type({ name, shape, dtype }: TensorType): Message {
  const extents = new Message();
  for (const extent of shape) extents.message(1, new Message().int(1, extent));
  const tensor = new Message().int(1, ONNX_TYPES[dtype]).message(2, extents);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}

/** The bytes of an ONNX file (ModelProto). */
export function writeOnnx({ nodes, constants, inputs, outputs }: ModelDescription): Uint8Array {
  const graph = new Message();
  for (const [i, each] of nodes.entries()) graph.message(1, node(each, i));
  graph.string(2, 'compiled');
  for (const each of constants) graph.message(5, constant(each));
  for (const each of inputs) graph.message(11, type(each));
  for (const each of outputs) graph.message(12, type(each));
  const opset = new Message().string(1, '').int(2, OPSET);
  return new Message().int(1, IR_VERSION).string(2, 'tfjs-compile').message(7, graph).message(8, opset).finish();
}
