import type { CritiqueOpen, CritiqueRequest } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { decodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import type { CritiqueOpening } from '../domain/critic/critique-session.ts';
import { type CriticSettings, criticSettings } from '../domain/critic/settings.ts';
import { InvalidPointsError, OutOfOrderError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';

/** Everything that the client says before `start`. */
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

/**
 * Reads open, training and resume up to start. Undefined when the client ended the stream instead.
 *
 * Throws OutOfOrderError for a part that does not belong there, and what decoding and settings throw.
 */
export async function readOpening(requests: MessageReader<CritiqueRequest>): Promise<OpeningMessages | undefined> {
  const training = createPointsCollector('training', LIMITS.real_points);
  const resume = createByteAssembler('resume', LIMITS.checkpoint_bytes);
  let open: CritiqueOpen | undefined;
  for (;;) {
    const request = await requests.receive();
    if (request === undefined) return undefined;
    const { part } = request;
    const outOfOrder = (expected: string): never => {
      throw new OutOfOrderError(`critique: ${part?.$case ?? 'an empty part'} came where ${expected} is expected`);
    };
    if (open === undefined) {
      if (part?.$case !== 'open') return outOfOrder('open');
      open = part.value;
      // Refused here, before megabytes of points arrive for nothing.
      settingsOf(open);
      continue;
    }
    if (part?.$case === 'training' && !resume.started) training.add(part.value);
    else if (part?.$case === 'resume' && training.started) resume.add(part.value);
    else if (part?.$case !== 'start') outOfOrder('training, resume or start');
    else return { open, opening: openingOf(open, training.points(), resume.started ? resume.bytes() : undefined) };
  }
}

function openingOf(open: CritiqueOpen, training: Points, resume: Uint8Array | undefined): CritiqueOpening {
  requireWithinLimits(training);
  const settings = settingsOf(open);
  return { settings, training, seed: open.seed, resume };
}

function settingsOf({ hyperparameters, objectiveWeights }: CritiqueOpen): CriticSettings {
  return criticSettings(
    decodeConfiguration(hyperparameters, 'open.hyperparameters'),
    decodeNamedValues(objectiveWeights),
  );
}
