import type { Random } from '@qloom/random/random.ts';

/** A multilayer perceptron: tanh after each hidden layer, the last layer linear. Sizes from input to output. */
export interface MlpShape {
  readonly sizes: readonly number[];
}

/** Number of parameters: per layer a row-major [inputs, outputs] matrix, then its biases. */
export function mlpParameterCount({ sizes }: MlpShape): number {
  let count = 0;
  for (let layer = 1; layer < sizes.length; layer++) count += (sizes[layer - 1] + 1) * sizes[layer];
  return count;
}

/** Index of the first bias of the last layer. */
export function outputBiasOffset(shape: MlpShape): number {
  return mlpParameterCount(shape) - shape.sizes[shape.sizes.length - 1];
}

/** Hidden weights N(0, 1/inputs); the last layer and every bias 0, so the start does not depend on the input. */
export function initialMlp(shape: MlpShape, random: Random): Float64Array {
  const parameters = new Float64Array(mlpParameterCount(shape));
  let offset = 0;
  for (let layer = 1; layer < shape.sizes.length - 1; layer++) {
    const [inputs, outputs] = [shape.sizes[layer - 1], shape.sizes[layer]];
    for (let i = 0; i < inputs * outputs; i++) parameters[offset + i] = random.normal() / Math.sqrt(inputs);
    offset += (inputs + 1) * outputs;
  }
  return parameters;
}

/** Activations of every layer, the input first and the output last. */
export function forward(shape: MlpShape, parameters: Float64Array, input: ArrayLike<number>): Float64Array[] {
  const activations: Float64Array[] = [Float64Array.from(input)];
  let offset = 0;
  for (let layer = 1; layer < shape.sizes.length; layer++) {
    const [inputs, outputs] = [shape.sizes[layer - 1], shape.sizes[layer]];
    const before = activations[layer - 1];
    const biases = offset + inputs * outputs;
    const after = parameters.slice(biases, biases + outputs);
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j < outputs; j++) after[j] += before[i] * parameters[offset + i * outputs + j];
    }
    if (layer < shape.sizes.length - 1) for (let j = 0; j < outputs; j++) after[j] = Math.tanh(after[j]);
    activations.push(after);
    offset = biases + outputs;
  }
  return activations;
}
