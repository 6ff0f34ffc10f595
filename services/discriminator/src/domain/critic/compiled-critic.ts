import { floatsFromBytes, type ParameterSpec } from '@qloom/tfjs/layers/parameters.ts';
import { adamCoefficients, flatAdamUpdate } from '@qloom/tfjs/steps/flat-adam.ts';
import { flatSize, flatten, unflatten } from '@qloom/tfjs/steps/flat-state.ts';
import type { HeldStep, StepCache, StepDefinition } from '@qloom/tfjs/steps/step-cache.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Critic, CriticSpecs } from './critic.ts';
import { criticGradients, judgeBatch, type Network } from './critic-step.ts';
import type { CriticSettings } from './settings.ts';

const ADAM = { beta1: 0, beta2: 0.99, epsilon: 1e-8 };

/** What the graphs of a critic follow from: two critics of one structure run the same graphs on states of their own. */
interface Structure {
  readonly settings: CriticSettings;
  readonly specs: CriticSpecs;
  /** Parameters, then singular vectors: numbers of each. */
  readonly sizes: { readonly parameters: number; readonly singular: number };
  readonly batch: number;
  readonly features: number;
  /** 1 + classes. */
  readonly memberships: number;
}

const scalarAt = (values: tf.Tensor, index: number): tf.Scalar =>
  tf.reshape(tf.slice(values as tf.Tensor1D, [index], [1]), []) as tf.Scalar;

const flat = (tensor: tf.Tensor): tf.Tensor1D => tf.reshape(tensor, [tensor.size]);

/** The network of a flat state: all parameters, then all singular vectors. */
function networkOf({ settings, specs, sizes }: Structure, state: tf.Tensor): Network & { all: tf.Tensor1D } {
  const whole = state as tf.Tensor1D;
  const all = sizes.singular === 0 ? whole : tf.slice(whole, [0], [sizes.parameters]);
  const rest = tf.slice(whole, [sizes.parameters], [sizes.singular]);
  return { settings, parameters: unflatten(all, specs.parameters), singular: unflatten(rest, specs.singular), all };
}

function batchShapes({ batch, features, memberships }: Structure): number[][] {
  return [
    [batch, features],
    [batch, features],
    [batch, memberships],
  ];
}

/** Inputs: state, real, fake, membership, the two weights. Outputs: `report` (adversarial, matching, logits) and `gradient`. */
function judgeDefinition(structure: Structure, wantGradient: boolean): StepDefinition {
  const { parameters, singular } = structure.sizes;
  return {
    inputs: [[parameters + singular], ...batchShapes(structure), [2]],
    step: (state, real, fake, membership, weights) => {
      const inputs = { real, fake, membership } as Parameters<typeof judgeBatch>[1];
      const weighted = { adversarial: scalarAt(weights, 0), 'feature-matching': scalarAt(weights, 1) };
      const judged = judgeBatch(networkOf(structure, state), inputs, weighted, wantGradient);
      const outputs: Record<string, tf.Tensor> = {
        report: tf.concat1d([flat(judged.adversarial), flat(judged.matching), judged.logits]),
      };
      if (judged.gradient) outputs.gradient = judged.gradient;
      return outputs;
    },
  };
}

/**
 * Inputs: state, moments (m, then v), real, fake, membership, mix, and stepSize, epsilonHat, γ. Outputs: `state` and `moments` after
 * the update, and `report` (loss, penalty, logits of real, logits of fake).
 */
function updateDefinition(structure: Structure): StepDefinition {
  const { specs, batch } = structure;
  const { parameters: size, singular } = structure.sizes;
  return {
    inputs: [[size + singular], [2 * size], ...batchShapes(structure), [batch], [3]],
    step: (state, moments, real, fake, membership, mix, coefficients) => {
      const network = networkOf(structure, state);
      const inputs = { real, fake, membership } as Parameters<typeof criticGradients>[1];
      const { loss, penalty, moved, gradients, ...logits } = criticGradients(
        network,
        inputs,
        mix as tf.Tensor1D,
        scalarAt(coefficients, 2),
      );
      const [m, v] = [0, size].map((from) => tf.slice(moments as tf.Tensor1D, [from], [size]));
      const next = flatAdamUpdate({ parameters: network.all, m, v }, flatten(gradients, specs.parameters), {
        stepSize: scalarAt(coefficients, 0),
        epsilonHat: scalarAt(coefficients, 1),
        beta1: ADAM.beta1,
        beta2: ADAM.beta2,
      });
      return {
        state: moved.length === 0 ? next.parameters : tf.concat1d([next.parameters, ...moved.map(flat)]),
        moments: tf.concat1d([next.m, next.v]),
        report: tf.concat1d([flat(loss), flat(penalty), logits.real, logits.fake]),
      };
    },
  };
}

function valuesOf(specs: readonly ParameterSpec[]): Float32Array {
  const values = new Float32Array(flatSize(specs));
  let offset = 0;
  for (const spec of specs) {
    values.set(spec.values, offset);
    offset += spec.values.length;
  }
  return values;
}

/**
 * A critic whose steps are compiled graphs, from a cache that critics of one structure share. Its state is flat arrays of its own; its
 * bytes are those of the eager critic, so that either goes on where the other stopped.
 */
export function createCompiledCritic(settings: CriticSettings, specs: CriticSpecs, cache: StepCache): Critic {
  const sizes = { parameters: flatSize(specs.parameters), singular: flatSize(specs.singular) };
  const momentsAt = 4 * sizes.parameters + 8;
  const byteLength = momentsAt + 8 * sizes.parameters + 4 * sizes.singular;
  let state = valuesOf([...specs.parameters, ...specs.singular]);
  let moments = new Float32Array(2 * sizes.parameters);
  let updates = 0;
  const held = new Map<string, Promise<HeldStep>>();

  function stepFor(
    name: string,
    { count, real, membership }: Parameters<Critic['judge']>[0],
    define: (structure: Structure) => StepDefinition,
  ): Promise<HeldStep> {
    const [features, memberships] = [real.length / count, membership.length / count];
    const { architecture, convLayers, kernel, filters, loss } = settings;
    const key = JSON.stringify([name, architecture, convLayers, kernel, filters, loss, count, features, memberships]);
    let step = held.get(key);
    if (!step) {
      step = cache.hold(key, () => define({ settings, specs, sizes, batch: count, features, memberships }));
      held.set(key, step);
    }
    return step;
  }

  return {
    async judge(batches, wantGradient) {
      const name = wantGradient ? 'judge with gradient' : 'judge';
      const step = await stepFor(name, batches, (structure) => judgeDefinition(structure, wantGradient));
      const weights = Float32Array.of(settings.weights.adversarial, settings.weights['feature-matching']);
      const { real, fake, membership } = batches;
      const { report, gradient = new Float32Array(0) } = await step.run([state, real, fake, membership, weights]);
      return { adversarial: report[0], featureMatching: report[1], logits: report.subarray(2), gradient };
    },
    async update(batches, mix) {
      const step = await stepFor('update', batches, updateDefinition);
      const rates = adamCoefficients(updates + 1, { ...ADAM, learningRate: settings.learningRate });
      const coefficients = Float32Array.of(rates.stepSize, rates.epsilonHat, settings.r1Gamma);
      const { count, real, fake, membership } = batches;
      const next = await step.run([state, moments, real, fake, membership, mix, coefficients]);
      updates++;
      state = next.state as typeof state;
      moments = next.moments as typeof moments;
      const { report } = next;
      return {
        loss: report[0],
        penalty: report[1],
        real: report.slice(2, 2 + count),
        fake: report.slice(2 + count),
      };
    },
    byteLength,
    toBytes() {
      const bytes = Buffer.alloc(byteLength);
      bytes.set(bytesOf(state.subarray(0, sizes.parameters)), 0);
      bytes.writeDoubleLE(updates, 4 * sizes.parameters);
      bytes.set(bytesOf(moments), momentsAt);
      bytes.set(bytesOf(state.subarray(sizes.parameters)), momentsAt + 8 * sizes.parameters);
      return bytes;
    },
    fromBytes(bytes) {
      if (bytes.byteLength !== byteLength) {
        throw new RangeError(`critic: ${bytes.byteLength} bytes where ${byteLength} are expected`);
      }
      const { parameters, singular } = sizes;
      const part = (from: number, count: number) =>
        floatsFromBytes(bytes.subarray(from, from + 4 * count), count, 'critic');
      state = new Float32Array(parameters + singular);
      state.set(part(0, parameters));
      updates = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(4 * parameters, true);
      moments = part(momentsAt, 2 * parameters) as typeof moments;
      state.set(part(momentsAt + 8 * parameters, singular), parameters);
    },
    dispose() {
      for (const step of held.values()) step.then((ready) => ready.release()).catch(() => undefined);
      held.clear();
    },
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);
