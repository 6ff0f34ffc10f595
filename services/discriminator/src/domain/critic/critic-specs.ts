import type { Random } from '@qloom/random/random.ts';
import type { ParameterSpec } from '@qloom/tfjs/layers/parameters.ts';
import { networkParameters, normalizedWeights } from './network.ts';
import type { CriticSettings } from './settings.ts';

/** Initial values of a critic's parameters, and the initial vectors of its spectral norms. */
export interface CriticSpecs {
  readonly parameters: readonly ParameterSpec[];
  readonly singular: readonly ParameterSpec[];
}

/** Specs of a new critic for points of `inputs` features and `classes` classes. */
export function criticSpecs(settings: CriticSettings, inputs: number, classes: number, random: Random): CriticSpecs {
  const parameters = networkParameters(settings, inputs, classes, random);
  return { parameters, singular: singularVectors(settings, parameters, random.fork('singular')) };
}

/** One initial vector for the spectral norm of each normalized weight. */
function singularVectors(settings: CriticSettings, specs: readonly ParameterSpec[], random: Random): ParameterSpec[] {
  if (settings.loss !== 'hinge+SN') return [];
  return normalizedWeights(settings).map((name) => {
    const outputs = specs.find((spec) => spec.name === name)?.shape.at(-1) as number;
    const values = random.fork(name).normals(outputs);
    const norm = Math.hypot(...values);
    return { name, shape: [1, outputs], values: values.map((value) => value / norm) };
  });
}
