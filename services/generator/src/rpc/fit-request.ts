import type { FitRequest, FitSettings } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';

/** Most training points of a fit. */
export const MAX_TRAINING_POINTS = 10_000;
/** Most bytes of a resumable checkpoint. */
export const MAX_CHECKPOINT_BYTES = 256 * 1024 * 1024;

/** A fit's input, complete. */
export interface FitInput {
  readonly settings: FitSettings;
  readonly training: Points;
  readonly resume?: Uint8Array;
}

/**
 * Reads settings, training points and perhaps a checkpoint. Throws errors that arrive as INVALID_ARGUMENT for parts that are
 * missing, out of order or wrong.
 */
export async function readFitInput(requests: MessageReader<FitRequest>): Promise<FitInput> {
  const training = createPointsCollector('training', MAX_TRAINING_POINTS);
  const resume = createByteAssembler('resume', MAX_CHECKPOINT_BYTES);
  let settings: FitSettings | undefined;
  for await (const { part } of requests) {
    if (part?.$case === 'settings' && settings === undefined) settings = part.value;
    else if (settings === undefined)
      refuse(part?.$case ?? 'part', 'came before settings; right would be settings first');
    else if (part?.$case === 'training' && !resume.started) training.add(part.value);
    else if (part?.$case === 'resume' && training.started) resume.add(part.value);
    else refuse(part?.$case ?? 'part', 'is out of order; right would be settings, training points, resume');
  }
  if (settings === undefined)
    return refuse('settings', 'did not come; right would be settings, training points, resume');
  return { settings, training: training.points(), ...(resume.started ? { resume: resume.bytes() } : {}) };
}

function refuse(field: string, description: string): never {
  throw new ValidationError([{ field, description }]);
}
