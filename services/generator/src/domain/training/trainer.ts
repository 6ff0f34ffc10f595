import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import type { Codec } from '../codec.ts';
import { type Matrix, rowsOf, stacked } from '../losses/matrix.ts';
import { type MomentTarget, momentTarget } from '../losses/moments.ts';
import { measured } from '../measured.ts';
import type { GeneratorSettings } from '../settings.ts';
import { conditioned, drawLatents } from '../vae/conditioned.ts';
import { createVae, type Vae } from '../vae/network.ts';
import { createTrainingNetwork, type TrainingNetwork, type TrainingState } from '../vae/training-network.ts';
import type { BasePoints } from './base-points.ts';
import { batchRows } from './batch-rows.ts';
import { heldOutScore } from './held-out.ts';
import { leftOver } from './left-over.ts';
import { type Batch, type DrawnPoints, type LocalLosses, requireFiniteValues } from './step-losses.ts';

/**
 * Decay of the moving average of parameters; smaller in the first steps, so that the average soon forgets the initial
 * weights.
 */
const EMA_DECAY = 0.995;
/** Number of candidates among which the checkpoint is selected, spread over the last three quarters of the fit. */
const CANDIDATES = 15;
/** Minimum number of points generated to score a candidate. */
const SCORED_POINTS = 96;

/** Parameters of the best candidate so far. */
export interface Best {
  readonly step: number;
  /** Absent if nothing was held out: then the last parameters are kept. */
  readonly score?: number;
  readonly parameters: Uint8Array;
}

/** The state of a trainer that changes during training. */
export interface TrainerState extends TrainingState {
  readonly best: Best | undefined;
}

/** Inputs of a trainer. */
export interface TrainerOptions {
  readonly settings: GeneratorSettings;
  readonly codec: Codec;
  /** Points for the fit, and points that select the checkpoint; of the latter there may be none. */
  readonly fitPoints: Points;
  readonly heldOutPoints: Points;
  readonly random: Random;
  /** Whether a critic judges the batches: then the diversity and moment losses apply. */
  readonly critic: boolean;
  /** Base points of a `prior-residual` decoder; otherwise absent. */
  readonly bases?: BasePoints;
  /** Compiled steps to train with. Absent: the trainer runs eagerly. A state can be restored in either mode. */
  readonly steps?: TrainingSteps;
}

/**
 * Trains the network, with its optimizer and the average of its parameters. Every draw is a function of only the seed
 * and the step's number, so that a step is the same whether or not the fit was resumed before it.
 */
export class Trainer {
  readonly #options: TrainerOptions;
  readonly #network: TrainingNetwork;
  readonly #averaged: Vae;
  readonly #scored: ((average: Vae) => number) | undefined;
  #best: Best | undefined;
  /** Target of the moment loss, for fits with a critic. */
  readonly moments: MomentTarget | undefined;

  constructor(options: TrainerOptions) {
    const { settings, codec, fitPoints, heldOutPoints, random } = options;
    this.#options = options;
    const { classes } = fitPoints;
    const sizes = { channels: codec.channels, classes };
    this.#network = createTrainingNetwork(settings.vae, sizes, random.fork('weights'), options.steps);
    this.#averaged = createVae(settings.vae, sizes, random.fork('weights'));
    if (options.critic) this.moments = momentTarget(codec.encode(fitPoints), fitPoints.y, classes);
    if (heldOutPoints.count > 0) this.#scored = scoring(options);
  }

  /** Draws the batch of a step, independently of the network's state. */
  draw(step: number): DrawnPoints {
    const { codec, fitPoints, settings } = this.#options;
    const { batchSize } = settings.training;
    const { latentDim } = settings.vae;
    const random = this.#options.random.fork(`step ${step}`);
    const points = selectRows(fitPoints, batchRows(fitPoints.count, batchSize, random));
    const labels = points.y;
    const real = codec.encode(points, random);
    const noise = random.normals(batchSize * latentDim);
    const latents = drawLatents(latentDim, labels, fitPoints.classes, random);
    const encoderInput = conditioned(real, labels, fitPoints.classes);
    const distinct = Math.min(batchSize, fitPoints.count);
    return { real, distinct, labels, encoderInput, noise, latents, ...this.#basesOf(real, labels, random) };
  }

  /** Sends the batch of a step through the network. Rejects with DivergedError if a fake is not finite. */
  async pass(step: number, drawn: DrawnPoints): Promise<Batch> {
    const { codec, settings } = this.#options;
    const { batchSize } = settings.training;
    const { code, made } = await this.#network.pass(drawn);
    requireFiniteValues(made.data, 'samples', step);
    const fakes = rowsOf(made, batchSize, batchSize);
    const x = codec.decode(fakes);
    const { shape } = codec.state;
    if (!drawn.bases || shape.shots < 1) return { ...drawn, code, made, x, observed: fakes };
    const random = this.#options.random.fork(`shots ${step}`);
    const points = measured(shape, { ...this.#options.fitPoints, count: batchSize, x, y: drawn.labels }, random);
    return { ...drawn, code, made, x: points.x, observed: codec.encode(points, random) };
  }

  #basesOf(real: Matrix, labels: Int32Array, random: Random): { readonly bases?: Matrix } {
    const { bases } = this.#options;
    if (!bases) return {};
    return { bases: stacked(bases.ofReconstructions(real, labels), bases.ofFakes(labels, random)) };
  }

  /**
   * One update: the local gradients plus the critic's with respect to x, through the decoder, the drawing of z and the encoder.
   * Consumes `local`.
   */
  async update(
    step: number,
    batch: Batch,
    local: LocalLosses,
    criticGradient: Float32Array | undefined,
  ): Promise<void> {
    const { codec, settings } = this.#options;
    const { batchSize, learningRate } = settings.training;
    const fakes = rowsOf(batch.made, batchSize, batchSize);
    if (criticGradient) codec.pullBack(fakes, criticGradient, rowsOf(local.made, batchSize, batchSize));
    const averageDecay = Math.min(EMA_DECAY, (1 + step) / (10 + step));
    await this.#network.descend(batch, local, { learningRate, averageDecay });
    if (this.#isCandidate(step)) this.#consider(step);
  }

  #isCandidate(step: number): boolean {
    const { steps } = this.#options.settings.training;
    const from = Math.floor(steps / 4);
    const every = Math.max(1, Math.floor((steps - from) / CANDIDATES));
    return step === steps - 1 || (step >= from && (steps - 1 - step) % every === 0);
  }

  #consider(step: number): void {
    const parameters = this.#network.average();
    if (!this.#scored) {
      this.#best = { step, parameters };
      return;
    }
    this.#averaged.parameters.fromBytes(parameters);
    const score = this.#scored(this.#averaged);
    if (Number.isFinite(score) && score < (this.#best?.score ?? Number.POSITIVE_INFINITY)) {
      this.#best = { step, score, parameters };
    }
  }

  /** The selected candidate; undefined during the first quarter of the fit. */
  get best(): Best | undefined {
    return this.#best;
  }

  /**
   * Root mean squared error of the selected candidate's reconstruction of `points` from the mean of their codes, by
   * channel: the width of the observation noise of a CVAE, which the decoder's mean does not include.
   */
  residuals(points: Points): number[] {
    const { codec } = this.#options;
    if (this.#best) this.#averaged.parameters.fromBytes(this.#best.parameters);
    const { rows, columns, data } = leftOver(this.#averaged, codec.encode(points), points);
    const squares = new Array<number>(columns).fill(0);
    data.forEach((error, i) => {
      squares[i % columns] += error ** 2 / rows;
    });
    return squares.map(Math.sqrt);
  }

  state(): TrainerState {
    return { ...this.#network.state(), best: this.#best };
  }

  /** Starts from these parameters, float32 bytes, instead of initial ones, with an optimizer at rest. */
  startFrom(parameters: Uint8Array): void {
    const adam = new Uint8Array(8 + 2 * parameters.byteLength);
    this.#network.restore({ parameters, adam, ema: parameters });
  }

  restore(state: TrainerState): void {
    this.#network.restore(state);
    this.#best = state.best;
  }

  dispose(): void {
    this.#network.dispose();
    this.#averaged.dispose();
  }
}

/** The score of a network's points against the held-out ones; lower is better. The latents and base points are always the same. */
function scoring({ settings, codec, heldOutPoints, random, bases }: TrainerOptions): (average: Vae) => number {
  const { count, classes, y } = heldOutPoints;
  const score = heldOutScore(codec.encode(heldOutPoints), y);
  const labels = Int32Array.from({ length: Math.ceil(SCORED_POINTS / count) * count }, (_, i) => y[i % count]);
  const latents = drawLatents(settings.vae.latentDim, labels, classes, random.fork('score'));
  const starts = bases?.ofFakes(labels, random.fork('scored bases'));
  return (average) => score(average.decode(latents, starts), labels);
}
