import * as tf from '@tensorflow/tfjs-core';

/** One named float32 variable and its initial values, row-major. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Thrown when bytes or shapes do not fit a set of parameters; the message names the sizes. */
export class ParameterShapeError extends Error {
  override readonly name = 'ParameterShapeError';
}

/** A network's variables, in a fixed order, and as one flat array of bytes. */
export interface Parameters {
  /** In the order of the specs. */
  readonly variables: readonly tf.Variable[];
  readonly names: readonly string[];
  /** Total number of scalars. */
  readonly size: number;
  /** The variable of that name. Throws {@link ParameterShapeError} when there is none. */
  get(name: string): tf.Variable;
  /** All values in order, float32, little-endian, 4·size bytes. */
  toBytes(): Uint8Array;
  /** Restores values from the form of {@link toBytes}. Throws {@link ParameterShapeError} on another length. */
  fromBytes(bytes: Uint8Array): void;
  dispose(): void;
}

/** Float32 values of little-endian bytes at any alignment, as a copy. Throws {@link ParameterShapeError} on another length. */
export function floatsFromBytes(bytes: Uint8Array, count: number, what: string): Float32Array {
  if (bytes.byteLength !== 4 * count) {
    throw new ParameterShapeError(
      `${what}: ${bytes.byteLength} bytes where ${4 * count} (${count} float32) are expected`,
    );
  }
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** Initial values of all parameters in order, flat. */
export function valuesOf(specs: readonly ParameterSpec[]): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(specs.reduce((sum, { values }) => sum + values.length, 0));
  let offset = 0;
  for (const { values } of specs) {
    flat.set(values, offset);
    offset += values.length;
  }
  return flat;
}

/**
 * Creates variables from specs. Throws {@link ParameterShapeError} if a name occurs twice or values do not fill the
 * shape.
 *
 * @example const parameters = createParameters([...denseParameters('hidden', random, 4, 32), ...denseParameters('out', random,
 * 32, 1)]);
 */
export function createParameters(specs: readonly ParameterSpec[]): Parameters {
  const byName = new Map<string, tf.Variable>();
  for (const { name, shape, values } of specs) {
    const size = tf.util.sizeFromShape([...shape]);
    if (values.length !== size) {
      throw new ParameterShapeError(
        `parameter ${name}: ${values.length} values for shape [${shape.join(', ')}] of ${size}`,
      );
    }
    if (byName.has(name)) throw new ParameterShapeError(`parameter ${name} is given twice`);
    byName.set(
      name,
      tf.tidy(() => tf.variable(tf.tensor(values, [...shape], 'float32'))),
    );
  }
  const variables = [...byName.values()];
  const size = variables.reduce((sum, variable) => sum + variable.size, 0);
  return {
    variables,
    names: [...byName.keys()],
    size,
    get(name) {
      const variable = byName.get(name);
      if (!variable) throw new ParameterShapeError(`no parameter ${name}; there are ${[...byName.keys()].join(', ')}`);
      return variable;
    },
    toBytes() {
      const flat = new Float32Array(size);
      let offset = 0;
      for (const variable of variables) {
        flat.set(variable.dataSync() as Float32Array, offset);
        offset += variable.size;
      }
      return new Uint8Array(flat.buffer);
    },
    fromBytes(bytes) {
      const flat = floatsFromBytes(bytes, size, 'parameters');
      let offset = 0;
      for (const variable of variables) {
        const values = flat.slice(offset, offset + variable.size);
        tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, 'float32')));
        offset += variable.size;
      }
    },
    dispose() {
      for (const variable of variables) variable.dispose();
    },
  };
}

/**
 * The value of a scalar function of the parameters and its gradient with respect to each, in order; null if the value
 * does not depend on one.
 */
export function valueAndGradients(
  loss: () => tf.Scalar,
  parameters: Parameters,
): { value: tf.Scalar; gradients: (tf.Tensor | null)[] } {
  const { value, grads } = tf.engine().gradients(loss, [...parameters.variables], undefined, true);
  return { value, gradients: grads };
}
