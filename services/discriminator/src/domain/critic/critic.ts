import type { Random } from '@qloom/random/random.ts';
import type { ParameterSpec } from '@qloom/tfjs/layers/parameters.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { createCompiledCritic } from './compiled-critic.ts';
import { createEagerCritic } from './eager-critic.ts';
import { networkParameters, normalizedWeights } from './network.ts';
import type { CriticSettings } from './settings.ts';

/** Batches of the same classes in the same order, as the critic sees them: [count, features], row-major. */
export interface Batches {
  readonly count: number;
  readonly real: Float32Array;
  readonly fake: Float32Array;
  /** [count, 1 + classes]. */
  readonly membership: Float32Array;
}

/** The judgement of a batch of synthetic points. */
export interface Judgement {
  readonly logits: Float32Array;
  readonly adversarial: number;
  readonly featureMatching: number;
  /** Gradient of the weighted objectives with respect to the synthetic points as seen, [count, features]; empty unless wanted. */
  readonly gradient: Float32Array;
}

/** What one update reports. */
export interface UpdateReport {
  readonly loss: number;
  readonly penalty: number;
  /** Logits of the real points before the update. */
  readonly real: Float32Array;
  /** Logits of the synthetic points before the update. */
  readonly fake: Float32Array;
}

/** The critic's network and its optimizer. One call at a time. */
export interface Critic {
  judge(batches: Batches, wantGradient: boolean): Promise<Judgement>;
  /** One step of Adam. `mix` [count]: where between real and synthetic each point of wgan-gp's penalty lies. */
  update(batches: Batches, mix: Float32Array): Promise<UpdateReport>;
  /** Number of bytes of {@link toBytes}. */
  readonly byteLength: number;
  /** Parameters, optimizer and singular vectors, little-endian. */
  toBytes(): Uint8Array;
  fromBytes(bytes: Uint8Array): void;
  dispose(): void;
}

/** First values of a critic's parameters, and the starting vectors of its spectral norms. */
export interface CriticSpecs {
  readonly parameters: readonly ParameterSpec[];
  readonly singular: readonly ParameterSpec[];
}

/** Specs of a fresh critic for points of `inputs` features and `classes` classes. */
export function criticSpecs(settings: CriticSettings, inputs: number, classes: number, random: Random): CriticSpecs {
  const parameters = networkParameters(settings, inputs, classes, random);
  return { parameters, singular: singularVectors(settings, parameters, random.fork('singular')) };
}

/** One starting vector for the spectral norm of each normalized weight. */
function singularVectors(settings: CriticSettings, specs: readonly ParameterSpec[], random: Random): ParameterSpec[] {
  if (settings.loss !== 'hinge+SN') return [];
  return normalizedWeights(settings).map((name) => {
    const outputs = specs.find((spec) => spec.name === name)?.shape.at(-1) as number;
    const values = random.fork(name).normals(outputs);
    const norm = Math.hypot(...values);
    return { name, shape: [1, outputs], values: values.map((value) => value / norm) };
  });
}

/**
 * A critic that goes on eagerly, from the same state, where a compiled step cannot be built or run: a step changes its state last.
 */
function withFallback(compiled: Critic, createEager: () => Critic, fallBack: (error: unknown) => void): Critic {
  let current = compiled;
  async function attempt<T>(run: (critic: Critic) => Promise<T>): Promise<T> {
    const tried = current;
    try {
      return await run(tried);
    } catch (error) {
      if (tried !== compiled) throw error;
      fallBack(error);
      current = createEager();
      current.fromBytes(compiled.toBytes());
      compiled.dispose();
      return run(current);
    }
  }
  return {
    judge: (...given) => attempt((critic) => critic.judge(...given)),
    update: (...given) => attempt((critic) => critic.update(...given)),
    byteLength: compiled.byteLength,
    toBytes: () => current.toBytes(),
    fromBytes: (bytes) => current.fromBytes(bytes),
    dispose: () => current.dispose(),
  };
}

/**
 * A fresh critic for points of `inputs` features and `classes` classes: compiled where there are compiled steps, eager otherwise.
 */
export function createCritic(
  settings: CriticSettings,
  inputs: number,
  classes: number,
  random: Random,
  steps?: TrainingSteps,
): Critic {
  const specs = criticSpecs(settings, inputs, classes, random);
  if (!steps) return createEagerCritic(settings, specs);
  const compiled = createCompiledCritic(settings, specs, steps);
  const { fallBack } = steps;
  if (!fallBack) return compiled;
  return withFallback(
    compiled,
    () => createEagerCritic(settings, specs),
    (error) => fallBack('a critic', error),
  );
}
