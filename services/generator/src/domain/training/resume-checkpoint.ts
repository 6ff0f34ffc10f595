import { createHash } from 'node:crypto';
import { packContainer, unpackContainer } from '../container.ts';
import { CheckpointError, UnusableCheckpointError } from '../errors.ts';
import type { GeneratorSettings } from '../settings.ts';
import type { TrainingData } from '../training-data.ts';
import type { TrainerState } from './trainer.ts';

/** State of a fit between two steps: everything that a replica needs to continue it with the same result. */
export interface ResumeCheckpoint {
  /** Steps done. Random numbers are functions of seed and step, so this and the seed are the random state. */
  readonly step: number;
  readonly trainer: TrainerState;
  /** Opaque state of the critic; absent for a fit without one. */
  readonly critic?: Uint8Array;
}

interface ResumeContent {
  readonly kind: 'resume';
  readonly fit: string;
  readonly step: number;
  readonly best: { readonly step: number; readonly score?: number } | null;
  /** Number of critic states among the blobs, "critic 0" onwards: 0 or 1. */
  readonly critics: number;
}

/** Fingerprint of everything that determines a fit: settings, seed, training points and initial model. SHA-256, hex. */
export function fitFingerprint(
  settings: GeneratorSettings,
  seed: number,
  { points, shape }: TrainingData,
  initialModel: Uint8Array = new Uint8Array(),
): string {
  const ordered = Object.fromEntries(Object.entries(settings.forwarded).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { x, y, count, features, classes } = points;
  return createHash('sha256')
    .update(JSON.stringify([{ ...settings, forwarded: ordered }, seed, shape, count, features, classes]))
    .update(new Uint8Array(x.buffer, x.byteOffset, x.byteLength))
    .update(new Uint8Array(y.buffer, y.byteOffset, y.byteLength))
    .update(initialModel)
    .digest('hex');
}

/** Packs a resumable checkpoint of the fit with this fingerprint. */
export function packResume(fit: string, { step, trainer, critic }: ResumeCheckpoint): Uint8Array {
  const { best } = trainer;
  const content: ResumeContent = {
    kind: 'resume',
    fit,
    step,
    best: best ? { step: best.step, score: best.score } : null,
    critics: critic ? 1 : 0,
  };
  return packContainer({
    content,
    arrays: {},
    blobs: {
      parameters: trainer.parameters,
      adam: trainer.adam,
      ema: trainer.ema,
      ...(best ? { best: best.parameters } : {}),
      ...(critic ? { 'critic 0': critic } : {}),
    },
  });
}

/**
 * Unpacks a resumable checkpoint.
 *
 * @throws UnusableCheckpointError for damaged bytes, bytes of another kind, and a checkpoint of another fit.
 */
export function unpackResume(fit: string, bytes: Uint8Array): ResumeCheckpoint {
  const { content, blobs } = unpackOwn(bytes);
  const { kind, fit: own, step, best } = content as ResumeContent;
  if (kind !== 'resume') throw new UnusableCheckpointError(`resume: the checkpoint is a ${kind}, not a resumable fit`);
  if (own !== fit) {
    throw new UnusableCheckpointError(
      'resume: the checkpoint is of a fit with other settings, seed, training points or initial model',
    );
  }
  return {
    step,
    trainer: {
      parameters: blobs.parameters,
      adam: blobs.adam,
      ema: blobs.ema,
      best: best ? { ...best, parameters: blobs.best } : undefined,
    },
    critic: blobs['critic 0'],
  };
}

function unpackOwn(bytes: Uint8Array): ReturnType<typeof unpackContainer> {
  try {
    return unpackContainer(bytes);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new UnusableCheckpointError(`resume: ${error.message}`, { cause: error });
  }
}
