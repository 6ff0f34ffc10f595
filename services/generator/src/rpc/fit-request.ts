import type { FitRequest, FitSettings } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { Points, UnlabelledPoints } from '@qloom/study/points/points.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { createUnlabelledCollector } from '@qloom/study-rpc/codec/unlabelled-points.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';

/** Maximum number of training points of a fit. */
export const MAX_TRAINING_POINTS = 10_000;
/** Maximum number of unlabelled points, and of points of a source domain, of a fit. */
export const MAX_UNLABELLED_POINTS = 100_000;
export const MAX_SOURCE_POINTS = 100_000;

/** Maximum size of a resumable checkpoint and of a model, in bytes. */
export const MAX_CHECKPOINT_BYTES = 256 * 1024 * 1024;

/** The complete input of a fit. */
export interface FitInput {
  readonly settings: FitSettings;
  readonly training: Points;
  readonly unlabelled?: UnlabelledPoints;
  readonly source?: Points;
  readonly initialModel?: Uint8Array;
  readonly resume?: Uint8Array;
}

const ORDER = [
  ['settings', 'once'],
  ['training', 'some'],
  ['unlabelled', 'any'],
  ['source', 'any'],
  ['initialModel', 'any'],
  ['resume', 'any'],
] as const;

/** Reads the parts of a fit. Rejects like `readParts`, and with the errors of decoding. */
export async function readFitInput(requests: MessageReader<FitRequest>): Promise<FitInput> {
  const training = createPointsCollector('training', MAX_TRAINING_POINTS);
  const resume = createByteAssembler('resume', MAX_CHECKPOINT_BYTES);
  const unlabelled = createUnlabelledCollector('unlabelled', MAX_UNLABELLED_POINTS);
  const source = createPointsCollector('source', MAX_SOURCE_POINTS);
  const initialModel = createByteAssembler('initial_model', MAX_CHECKPOINT_BYTES);
  const { settings } = await readParts(requests, ORDER, {
    training: training.add,
    unlabelled: unlabelled.add,
    source: source.add,
    initialModel: initialModel.add,
    resume: resume.add,
  });
  return {
    settings,
    training: training.points(),
    ...(unlabelled.started ? { unlabelled: unlabelled.points() } : {}),
    ...(source.started ? { source: source.points() } : {}),
    ...(initialModel.started ? { initialModel: initialModel.bytes() } : {}),
    ...(resume.started ? { resume: resume.bytes() } : {}),
  };
}
