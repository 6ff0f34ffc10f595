import type { CritiqueOpen, CritiqueRequest } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { decodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import type { CritiqueOpening } from '../domain/critic/critique-session.ts';
import { type CriticSettings, criticSettings } from '../domain/critic/settings.ts';
import { InvalidPointsError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';

/** All parts that the client sends before `start`. */
export interface OpeningMessages {
  readonly open: CritiqueOpen;
  readonly opening: CritiqueOpening;
}

function requireWithinLimits({ features, count }: Points): void {
  if (features > LIMITS.features) {
    throw new InvalidPointsError(`training: ${features} features; right would be at most ${LIMITS.features}`);
  }
  if (count > LIMITS.real_points) {
    throw new InvalidPointsError(`training: ${count} points; right would be at most ${LIMITS.real_points}`);
  }
}

const ORDER = [
  ['open', 'once'],
  ['training', 'some'],
  ['resume', 'any'],
  ['start', 'once'],
] as const;

/**
 * Reads open, training and resume up to start. Rejects like `readParts`, and with the errors of decoding and settings.
 */
export async function readOpening(requests: MessageReader<CritiqueRequest>): Promise<OpeningMessages> {
  const training = createPointsCollector('training', LIMITS.real_points);
  const resume = createByteAssembler('resume', LIMITS.checkpoint_bytes);
  // Settings are checked here too, so that wrong ones are refused before megabytes of points arrive.
  const take = { open: settingsOf, training: training.add, resume: resume.add };
  const { open } = await readParts(requests, ORDER, take, 'start');
  return { open, opening: openingOf(open, training.points(), resume.started ? resume.bytes() : undefined) };
}

function openingOf(open: CritiqueOpen, training: Points, resume: Uint8Array | undefined): CritiqueOpening {
  requireWithinLimits(training);
  return { settings: settingsOf(open), training, seed: open.seed, resume };
}

function settingsOf({ hyperparameters, objectiveWeights }: CritiqueOpen): CriticSettings {
  return criticSettings(
    decodeConfiguration(hyperparameters, 'open.hyperparameters'),
    decodeNamedValues(objectiveWeights),
  );
}
