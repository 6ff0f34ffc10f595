import type { Random } from '@qloom/random/random.ts';
import { floatsFromBytes, ParameterShapeError, valuesOf } from '@qloom/tfjs/layers/parameters.ts';
import { adamCoefficients } from '@qloom/tfjs/steps/flat-adam.ts';
import { flatSize } from '@qloom/tfjs/steps/flat-state.ts';
import { createFitStepRunner, type StepResult } from '@qloom/tfjs/steps/run-step.ts';
import type { StepDefinition } from '@qloom/tfjs/steps/step-cache.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { type Matrix, matrix } from '../losses/matrix.ts';
import type { VaeSettings } from '../settings.ts';
import { type VaeSizes, vaeSpecs } from './network.ts';
import { ADAM, descendDefinition, passDefinition, type Structure, structureKey } from './network-steps.ts';

/** Inputs of one step, for n real points. */
export interface DrawnBatch {
  /** Real channels followed by the one-hot class, shape [n, channels + classes]. */
  readonly encoderInput: Matrix;
  /** ε of the reparameterization, shape [n, latentDim]. */
  readonly noise: Float32Array;
  /** Latents from the prior followed by the same one-hot classes, shape [n, latentDim + classes]. */
  readonly latents: Matrix;
  /**
   * Base points of a `prior-residual` decoder: of the n reconstructions, then of the n fakes, shape [2n, channels]; otherwise
   * absent.
   */
  readonly bases?: Matrix;
}

/** The network's outputs for a batch. */
export interface PassedBatch {
  /** μ | log σ², shape [n, 2·latentDim]. */
  readonly code: Matrix;
  /** Reconstructions of the n real points, then n fakes from the prior, shape [2n, channels]. */
  readonly made: Matrix;
}

/** Inputs of one update besides its gradients. */
interface UpdateRates {
  readonly learningRate: number;
  /** Decay of the average of parameters. */
  readonly averageDecay: number;
}

/** State of a network in training, as bytes. */
export interface TrainingState {
  readonly parameters: Uint8Array;
  readonly adam: Uint8Array;
  readonly ema: Uint8Array;
}

/** The conditional VAE in training: network, optimizer and average of parameters. One call at a time. */
export interface TrainingNetwork {
  /** Sends a batch through the encoder, the drawing of z and the decoder. */
  pass(batch: DrawnBatch): Promise<PassedBatch>;
  /** One update, given the gradient of the loss with respect to the outputs of {@link pass} for this batch. */
  descend(batch: DrawnBatch, gradient: PassedBatch, rates: UpdateRates): Promise<void>;
  /** The average of parameters, float32 bytes. */
  average(): Uint8Array;
  state(): TrainingState;
  restore(state: TrainingState): void;
  dispose(): void;
}

/**
 * Creates a network with initial weights from `random`, as `createVae` draws them. It has its own state in flat arrays
 * and shares the steps of its structure, compiled if there are compiled steps. Eager and compiled networks have the
 * same state format, so that one can continue from the state of the other.
 */
export function createTrainingNetwork(
  settings: VaeSettings,
  sizes: VaeSizes,
  random: Random,
  steps?: TrainingSteps,
): TrainingNetwork {
  const specs = vaeSpecs(settings, sizes, random);
  const size = flatSize(specs);
  const runner = createFitStepRunner('a network', steps);
  let parameters = valuesOf(specs);
  let average = parameters.slice();
  let [m, v] = [new Float32Array(size), new Float32Array(size)];
  let updates = 0;

  function run(
    step: string,
    { encoderInput, noise, latents, bases }: DrawnBatch,
    define: (structure: Structure) => StepDefinition,
    ...inputs: readonly Float32Array[]
  ): Promise<StepResult> {
    const structure = { settings, ...sizes, specs, size, batch: encoderInput.rows };
    const given = [parameters, encoderInput.data, noise, latents.data, ...(bases ? [bases.data] : []), ...inputs];
    return runner.run(structureKey(step, structure), () => define(structure), given);
  }

  return {
    async pass(batch) {
      const { code, made } = await run('pass', batch, passDefinition);
      const { rows } = batch.encoderInput;
      return { code: matrix(rows, 2 * settings.latentDim, code), made: matrix(2 * rows, sizes.channels, made) };
    },
    async descend(batch, { made, code }, { learningRate, averageDecay }) {
      const { stepSize, epsilonHat } = adamCoefficients(updates + 1, { ...ADAM, learningRate });
      const coefficients = Float32Array.of(stepSize, epsilonHat, averageDecay);
      const given = [m, v, average, made.data, code.data, coefficients];
      ({ parameters, m, v, average } = (await run('descend', batch, descendDefinition, ...given)) as NetworkArrays);
      updates++;
    },
    average: () => bytesOf(average),
    state() {
      const adam = new Uint8Array(8 + 8 * size);
      new DataView(adam.buffer).setFloat64(0, updates, true);
      adam.set(bytesOf(m), 8);
      adam.set(bytesOf(v), 8 + 4 * size);
      return { parameters: bytesOf(parameters), adam, ema: bytesOf(average) };
    },
    restore(state) {
      const { adam } = state;
      if (adam.byteLength !== 8 + 8 * size) {
        throw new ParameterShapeError(`adam: ${adam.byteLength} bytes where ${8 + 8 * size} are expected`);
      }
      const next = {
        parameters: floatsFromBytes(state.parameters, size, 'parameters'),
        m: floatsFromBytes(adam.subarray(8, 8 + 4 * size), size, 'adam'),
        v: floatsFromBytes(adam.subarray(8 + 4 * size), size, 'adam'),
        average: floatsFromBytes(state.ema, size, 'moving average'),
      };
      updates = new DataView(adam.buffer, adam.byteOffset).getFloat64(0, true);
      ({ parameters, m, v, average } = next as NetworkArrays);
    },
    dispose: () => runner.release(),
  };
}

/** The arrays that change during training: `size` numbers each. */
type NetworkArrays = Record<'parameters' | 'm' | 'v' | 'average', Float32Array<ArrayBuffer>>;

/** A copy. */
const bytesOf = (values: Float32Array<ArrayBuffer>) => new Uint8Array(values.slice().buffer);
