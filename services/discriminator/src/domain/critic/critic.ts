import { floatsFromBytes, valuesOf } from '@qloom/tfjs/layers/parameters.ts';
import { adamCoefficients } from '@qloom/tfjs/steps/flat-adam.ts';
import { flatSize } from '@qloom/tfjs/steps/flat-state.ts';
import { createFitStepRunner, type StepResult } from '@qloom/tfjs/steps/run-step.ts';
import type { StepDefinition } from '@qloom/tfjs/steps/step-cache.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import type { CriticSpecs } from './critic-specs.ts';
import type { CriticSettings } from './settings.ts';
import { ADAM, judgeDefinition, type Structure, structureKey, updateDefinition } from './step-definitions.ts';

/** Batches of the same classes in the same order, as the critic sees them: [count, features], row-major. */
interface Batches {
  readonly count: number;
  readonly real: Float32Array;
  readonly fake: Float32Array;
  /** [count, 1 + classes]. */
  readonly membership: Float32Array;
}

/** The judgement of a batch of synthetic points. */
interface Judgement {
  readonly logits: Float32Array;
  readonly adversarial: number;
  readonly featureMatching: number;
  /**
   * Gradient of the weighted objectives with respect to the synthetic points as seen, [count, features]; empty unless
   * requested.
   */
  readonly gradient: Float32Array;
}

/** Report of one update. */
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
  /**
   * One step of Adam. `mix` [count]: interpolation weight of each point of wgan-gp's penalty between real and
   * synthetic.
   */
  update(batches: Batches, mix: Float32Array): Promise<UpdateReport>;
  /** Number of bytes of {@link toBytes}. */
  readonly byteLength: number;
  /** Parameters, optimizer and singular vectors, little-endian. */
  toBytes(): Uint8Array;
  fromBytes(bytes: Uint8Array): void;
  dispose(): void;
}

/**
 * Creates a critic with initial values from `specs`. It has its own state in flat arrays and shares the steps of its
 * structure, compiled if there are compiled steps. Eager and compiled critics have the same state format, so that one
 * can continue from the bytes of the other.
 */
export function createCritic(settings: CriticSettings, specs: CriticSpecs, steps?: TrainingSteps): Critic {
  const sizes = { parameters: flatSize(specs.parameters), singular: flatSize(specs.singular) };
  const momentsAt = 4 * sizes.parameters + 8;
  const byteLength = momentsAt + 8 * sizes.parameters + 4 * sizes.singular;
  const runner = createFitStepRunner('a critic', steps);
  let state = valuesOf([...specs.parameters, ...specs.singular]);
  let moments = new Float32Array(2 * sizes.parameters);
  let updates = 0;

  function run(
    step: string,
    { count, real, membership }: Batches,
    define: (structure: Structure) => StepDefinition,
    inputs: readonly Float32Array[],
  ): Promise<StepResult> {
    const [features, memberships] = [real.length / count, membership.length / count];
    const structure = { settings, specs, sizes, batch: count, features, memberships };
    return runner.run(structureKey(step, structure), () => define(structure), inputs);
  }

  return {
    async judge(batches, wantGradient) {
      const weights = Float32Array.of(settings.weights.adversarial, settings.weights['feature-matching']);
      const { real, fake, membership } = batches;
      const { report, gradient = new Float32Array(0) } = await run(
        wantGradient ? 'judge with gradient' : 'judge',
        batches,
        (structure) => judgeDefinition(structure, wantGradient),
        [state, real, fake, membership, weights],
      );
      return { adversarial: report[0], featureMatching: report[1], logits: report.subarray(2), gradient };
    },
    async update(batches, mix) {
      const rates = adamCoefficients(updates + 1, { ...ADAM, learningRate: settings.learningRate });
      const coefficients = Float32Array.of(rates.stepSize, rates.epsilonHat, settings.r1Gamma);
      const { count, real, fake, membership } = batches;
      const inputs = [state, moments, real, fake, membership, mix, coefficients];
      const next = await run('update', batches, updateDefinition, inputs);
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
    dispose: () => runner.release(),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);
