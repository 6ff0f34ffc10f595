import type { CriticAnswer } from '../critic.ts';
import { DivergedError } from '../errors.ts';
import { diversityLoss, nearestNeighbourEntropy } from '../losses/diversity.ts';
import { klLoss } from '../losses/kl.ts';
import { type Matrix, matrix, rowsOf } from '../losses/matrix.ts';
import { type MomentTarget, momentLoss } from '../losses/moments.ts';
import { reconstructionLoss } from '../losses/reconstruction.ts';
import type { TrainingSettings } from '../settings.ts';
import type { DrawnBatch, PassedBatch } from '../vae/training-network.ts';

/** One batch of n real points before it goes through the network. */
export interface DrawnPoints extends DrawnBatch {
  /** Channels of the real points, shape [n, channels], dequantized. */
  readonly real: Matrix;
  /** Number of leading real rows that are distinct. */
  readonly distinct: number;
  readonly labels: Int32Array;
}

/** A batch after it went through the network. */
export interface Batch extends DrawnPoints, PassedBatch {
  /** The fakes as the critic sees them, in the units of the data, shape [n, features]; measured where shots are known. */
  readonly x: Float32Array;
  /** Channels of the same fakes, dequantized as the real points are, shape [n, channels]. */
  readonly observed: Matrix;
}

/** Losses by name, and the gradient of their weighted sum with respect to the outputs of the network. */
export interface LocalLosses {
  readonly values: Readonly<Record<string, number>>;
  /** With respect to {@link Batch.made}. */
  readonly made: Matrix;
  /** With respect to {@link Batch.code}. */
  readonly code: Matrix;
}

/** Weight of the reconstruction error: linear from its start value to a tenth of it at the last step. */
export function reconstructionWeight({ lambdaRec, steps }: TrainingSettings, step: number): number {
  return lambdaRec * (1 - (0.9 * step) / Math.max(1, steps - 1));
}

/**
 * The losses that need no critic: λ_rec·MSE + β·KL, where fakes have base points the residual's mean square,
 * and with a critic also λ_div·relu(Ĥ_r − Ĥ_s) + λ_mom·gap over the fakes. They are computed while the critic judges the same
 * fakes. Gradients with respect to measured fakes count as those of their means (the straight-through estimator of Bengio,
 * Léonard and Courville, 2013).
 */
export function localLosses(
  batch: Batch,
  settings: TrainingSettings & { readonly residualWeight: number },
  step: number,
  moments: MomentTarget | undefined,
): LocalLosses {
  const { real, made, bases, observed, code, labels, distinct } = batch;
  const n = real.rows;
  const madeGradient = matrix(made.rows, made.columns);
  const codeGradient = matrix(code.rows, code.columns);
  const values: Record<string, number> = {
    reconstruction: reconstructionLoss(
      rowsOf(made, 0, n),
      real,
      reconstructionWeight(settings, step),
      rowsOf(madeGradient, 0, n),
    ),
    kl: klLoss(code, real.columns, settings.beta, codeGradient),
  };
  if (bases) {
    // With a critic real points are reconstructed from themselves: the reconstruction error is the residual there.
    const from = moments ? n : 0;
    values.residual = reconstructionLoss(
      rowsOf(made, from, 2 * n - from),
      rowsOf(bases, from, 2 * n - from),
      settings.residualWeight,
      rowsOf(madeGradient, from, 2 * n - from),
    );
  }
  if (moments) {
    const entropy = nearestNeighbourEntropy(rowsOf(real, 0, distinct));
    values.diversity = diversityLoss(
      entropy,
      rowsOf(observed, 0, distinct),
      settings.lambdaDiv,
      rowsOf(madeGradient, n, distinct),
    );
    values.moment = momentLoss(moments, observed, labels, settings.lambdaMom, rowsOf(madeGradient, n, n));
  }
  return { values, made: madeGradient, code: codeGradient };
}

/** Throws DivergedError unless every loss is a finite number. */
export function requireFiniteLosses(losses: Readonly<Record<string, number>>, step: number): void {
  for (const [name, value] of Object.entries(losses)) {
    if (!Number.isFinite(value)) throw new DivergedError(step, name, value);
  }
}

/** Throws DivergedError unless all numbers are finite. */
export function requireFiniteValues(values: Float32Array, quantity: string, step: number): void {
  for (const value of values) if (!Number.isFinite(value)) throw new DivergedError(step, quantity, value);
}

/** Throws if an answer does not fit the batch. The critic is then faulty, not lost. */
export function requireFittingAnswer({ gradient }: CriticAnswer, batch: Batch, step: number): Float32Array {
  if (gradient?.length === batch.x.length) return gradient;
  const got = gradient ? `${gradient.length} numbers` : 'none';
  throw new RangeError(`critic: the gradient of step ${step} has ${got}, not ${batch.x.length}`);
}
