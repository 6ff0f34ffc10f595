import * as tf from '@tensorflow/tfjs-core';
import { CompileError } from '../errors.ts';

/** A tensor or number among the arguments of a call. */
export interface Leaf {
  /** Its path: `0`, `1.real`. */
  readonly path: string;
  readonly value: tf.Tensor | number;
}

/** The arguments of a call, flat. */
export interface FlatArguments {
  /** Equal for calls that one graph serves. */
  readonly key: string;
  readonly leaves: readonly Leaf[];
}

const isPlain = (value: object) => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

function bad(path: string, what: string): CompileError {
  return new CompileError(
    'BAD_ARGUMENT',
    `compile: argument ${path} is ${what}. Arguments of a compiled function are tensors, numbers, booleans, strings, null, undefined, ` +
      'and arrays and plain objects of these.',
  );
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return `a ${value.constructor?.name ?? 'object'}`;
}

function flatten(value: unknown, path: string, leaves: Leaf[]): string {
  if (value instanceof tf.Variable) return `variable ${value.id}`;
  if (value instanceof tf.Tensor) {
    if (value.isDisposed) throw bad(path, 'a disposed tensor');
    leaves.push({ path, value });
    return `${value.dtype}[${value.shape.join(',')}]`;
  }
  switch (typeof value) {
    case 'number':
      leaves.push({ path, value });
      return 'number';
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'string':
      return JSON.stringify(value);
    case 'object':
      break;
    default:
      throw bad(path, describe(value));
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map((item, i) => flatten(item, `${path}.${i}`, leaves)).join(' ')}]`;
  if (!isPlain(value)) throw bad(path, describe(value));
  const entries = Object.entries(value);
  return `{${entries.map(([key, item]) => `${key}: ${flatten(item, `${path}.${key}`, leaves)}`).join(' ')}}`;
}

/**
 * Flattens the arguments of a call. Throws {@link CompileError} BAD_ARGUMENT for values that a graph cannot have as
 * inputs.
 */
export function flattenArguments(given: readonly unknown[]): FlatArguments {
  const leaves: Leaf[] = [];
  const key = given.map((value, i) => flatten(value, String(i), leaves)).join('; ');
  return { key, leaves };
}

/** The same structure with every tensor and number replaced by `replace`. */
export function mapLeaves<T>(value: T, path: string, replace: (path: string) => tf.Tensor): T {
  if (value instanceof tf.Variable) return value;
  if (value instanceof tf.Tensor || typeof value === 'number') return replace(path) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, i) => mapLeaves(item, `${path}.${i}`, replace)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapLeaves(item, `${path}.${key}`, replace)]),
  ) as T;
}

/** A function's result, with numbered tensors. */
export interface ResultTemplate {
  readonly tensors: readonly tf.Tensor[];
  /** Builds the result from one tensor for each number. */
  rebuild(tensors: readonly tf.Tensor[]): unknown;
}

/** Numbers the tensors of a result. Throws {@link CompileError} if it contains values other than tensors. */
export function resultTemplate(result: unknown): ResultTemplate {
  const tensors: tf.Tensor[] = [];
  const take = (value: unknown, path: string): ((from: readonly tf.Tensor[]) => unknown) => {
    if (value instanceof tf.Tensor) {
      const index = tensors.push(value) - 1;
      return (from) => from[index];
    }
    if (value === null || value === undefined) return () => value;
    if (value instanceof Promise) {
      throw new CompileError(
        'ASYNC_FUNCTION',
        'compile: the function returned a promise. It must be synchronous: read values from what the compiled function returns.',
      );
    }
    if (Array.isArray(value)) {
      const items = value.map((item, i) => take(item, `${path}[${i}]`));
      return (from) => items.map((item) => item(from));
    }
    if (typeof value === 'object' && isPlain(value)) {
      const entries = Object.entries(value).map(([key, item]) => [key, take(item, `${path}.${key}`)] as const);
      return (from) => Object.fromEntries(entries.map(([key, item]) => [key, item(from)]));
    }
    const shown = typeof value === 'number' ? `the number ${value}` : describe(value);
    throw new CompileError(
      'BAD_OUTPUT',
      `compile: ${path} is ${shown}, which would be the same for every call. A compiled function returns tensors, null, undefined, and ` +
        'arrays and plain objects of these.',
    );
  };
  const rebuild = take(result, 'the result');
  return { tensors, rebuild };
}
