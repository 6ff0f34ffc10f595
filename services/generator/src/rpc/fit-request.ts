import type { FitRequest, FitSettings } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
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

const ORDER = [
  ['settings', 'once'],
  ['training', 'some'],
  ['resume', 'any'],
] as const;

/** Reads the parts of a fit. Rejects as `readParts` does, and with what decoding throws. */
export async function readFitInput(requests: MessageReader<FitRequest>): Promise<FitInput> {
  const training = createPointsCollector('training', MAX_TRAINING_POINTS);
  const resume = createByteAssembler('resume', MAX_CHECKPOINT_BYTES);
  const { settings } = await readParts(requests, ORDER, { training: training.add, resume: resume.add });
  return { settings, training: training.points(), ...(resume.started ? { resume: resume.bytes() } : {}) };
}
