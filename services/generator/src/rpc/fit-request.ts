import type { FitRequest, FitSettings } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';

/** Maximum number of training points of a fit. */
export const MAX_TRAINING_POINTS = 10_000;
/** Maximum size of a resumable checkpoint, in bytes. */
export const MAX_CHECKPOINT_BYTES = 256 * 1024 * 1024;

/** The complete input of a fit. */
export interface FitInput {
  readonly settings: FitSettings;
  readonly training: Points;
  readonly resume?: Uint8Array;
}

const ORDER = [
  ['settings', 'once'],
  ['training', 'some'],
  ['resume', 'any'],
] as const;

/** Reads the parts of a fit. Rejects like `readParts`, and with the errors of decoding. */
export async function readFitInput(requests: MessageReader<FitRequest>): Promise<FitInput> {
  const training = createPointsCollector('training', MAX_TRAINING_POINTS);
  const resume = createByteAssembler('resume', MAX_CHECKPOINT_BYTES);
  const { settings } = await readParts(requests, ORDER, { training: training.add, resume: resume.add });
  return { settings, training: training.points(), ...(resume.started ? { resume: resume.bytes() } : {}) };
}
