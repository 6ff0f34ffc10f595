import type { Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { layersOf, parameterCount } from '@qloom/metrics/classifiers/network-loss.ts';
import type { SoftmaxNetwork } from '@qloom/metrics/classifiers/softmax-network.ts';
import type { FittedGate } from './fit-gate.ts';

/** A gate's JSON values; the parameters of its teacher are numbers apart. */
export interface StoredGate {
  readonly posterior: number;
  readonly copyDistance: number;
  /** Absent without a teacher. All its members are fitted to the same points. */
  readonly teacher?: {
    readonly classes: number;
    readonly present: readonly number[];
    readonly standardizer: Standardizer;
    /** Sizes of the layers of each member. */
    readonly sizes: readonly (readonly number[])[];
  };
}

/** A gate for a model: JSON, and the parameters of the members one after the other, in float32. */
export function storedGate({ posterior, copyDistance, teacher }: FittedGate): {
  readonly content: StoredGate;
  readonly parameters: Float32Array;
} {
  if (teacher.length === 0) return { content: { posterior, copyDistance }, parameters: new Float32Array(0) };
  const [{ classes, present, standardizer }] = teacher;
  const sizes = teacher.map(({ layers }) => [layers[0].inputs, ...layers.map(({ outputs }) => outputs)]);
  const layers = teacher.flatMap((member) => member.layers);
  return {
    content: { posterior, copyDistance, teacher: { classes, present, standardizer, sizes } },
    parameters: Float32Array.from(layers.flatMap(({ weights, biases }) => [...weights, ...biases])),
  };
}

/** The inverse of {@link storedGate}, up to the rounding of the parameters. */
export function restoredGate({ posterior, copyDistance, teacher }: StoredGate, parameters: Float32Array): FittedGate {
  if (teacher === undefined) return { posterior, copyDistance, teacher: [] };
  const { sizes, ...common } = teacher;
  let at = 0;
  const members = sizes.map((of): SoftmaxNetwork => {
    const end = at + parameterCount(of);
    const layers = layersOf(of, Float64Array.from(parameters.subarray(at, end)));
    at = end;
    return { ...common, layers };
  });
  return { posterior, copyDistance, teacher: members };
}
