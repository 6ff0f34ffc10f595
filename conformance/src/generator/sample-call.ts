import type {
  SampleRequest,
  SampleSettings,
  SampleSummary,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { splitBytes } from '@qloom/tensor/byte-chunks.ts';
import { CheckFailure, must } from '../check.ts';
import { receivedPoints } from '../shared/received.ts';
import { type GeneratorRemote, sendParts } from './fit-call.ts';

export type SamplePart = NonNullable<SampleRequest['part']>;

/** The answer of a sampling. */
export interface SampleAnswer {
  readonly points: Points;
  readonly summary: SampleSummary;
}

/** What no message means: right where no points were requested. */
const NO_POINTS: Points = { count: 0, features: 0, classes: 0, x: new Float32Array(0), y: new Int32Array(0) };

/** Settings and model as parts; the model in pieces of at most `pieceBytes`. */
export function* sampleParts(
  settings: Partial<SampleSettings>,
  model: Uint8Array,
  pieceBytes?: number,
): Generator<SamplePart> {
  yield { $case: 'settings', value: { seed: 1, classCounts: [], ungated: false, ...settings } };
  for (const { data, ...piece } of splitBytes(model, pieceBytes)) {
    yield { $case: 'model', value: { ...piece, data: Buffer.from(data) } };
  }
}

/** Sends the parts of a sampling and reads its answer: points, then one summary. */
export async function sample(
  generator: GeneratorRemote,
  parts: Iterable<SamplePart>,
  deadlineMs: number,
): Promise<SampleAnswer> {
  const call = generator.sample({ deadlineMs });
  const sent = sendParts(call, parts);
  const messages: LabelledPoints[] = [];
  let summary: SampleSummary | undefined;
  for await (const { part } of call) {
    must(part !== undefined, 'a response without a part', 'points or summary');
    must(summary === undefined, `${part.$case} came after the summary`, 'the summary last, once');
    if (part.$case === 'points') messages.push(part.value);
    else summary = part.value;
  }
  await sent;
  if (summary === undefined) throw new CheckFailure('the stream ended without a summary', 'the summary last, once');
  return { points: messages.length === 0 ? NO_POINTS : receivedPoints(messages, 'points'), summary };
}
