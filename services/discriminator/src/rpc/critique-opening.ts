import type { CritiqueOpen, CritiqueRequest } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/wire-points.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { echoed } from '@qloom/tensor/quoted.ts';
import type { CritiqueOpening } from '../domain/critic/critique-session.ts';
import { criticSettings } from '../domain/critic/settings.ts';
import { InvalidPointsError, OutOfOrderError } from '../domain/errors.ts';
import type { HyperparameterValue } from '../domain/hyperparameters.ts';
import { LIMITS } from '../domain/limits.ts';
import { decodeValues } from './named-values.ts';

/** Everything that the client says before `start`. */
export interface OpeningMessages {
  readonly open: CritiqueOpen;
  readonly opening: CritiqueOpening;
}

/** Values by name. Throws ValidationError for a setting without a value and for a name given twice. */
export function decodeHyperparameters(settings: readonly HyperparameterSetting[]): Record<string, HyperparameterValue> {
  const values: Record<string, HyperparameterValue> = {};
  for (const [i, { name, value }] of settings.entries()) {
    const refuse = (description: string): never => {
      throw new ValidationError([{ field: `open.hyperparameters[${i}]`, description }]);
    };
    const given = value?.value?.value;
    if (given === undefined) return refuse(`${echoed(name) || 'a setting without a name'} has no value`);
    if (Object.hasOwn(values, name)) refuse(`${echoed(name)} is given twice; right would be once`);
    values[name] = given;
  }
  return values;
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
      criticSettings(decodeHyperparameters(open.hyperparameters), decodeValues(open.objectiveWeights));
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
  const settings = criticSettings(decodeHyperparameters(open.hyperparameters), decodeValues(open.objectiveWeights));
  return { settings, training, seed: open.seed, resume };
}
