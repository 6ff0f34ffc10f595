import type {
  SampleRequest,
  SampleSettings,
  SampleSummary,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { CheckFailure, must } from '../check.ts';
import { receivedPoints } from '../shared/received.ts';
import { type GeneratorRemote, sendParts } from './fit-call.ts';

export type SamplePart = NonNullable<SampleRequest['part']>;

/** The answer of a sampling. */
export interface SampleAnswer {
  readonly points: Points;
  readonly summary: SampleSummary;
}

/** Settings and model as parts. */
export function* sampleParts(settings: Partial<SampleSettings>, model: Uint8Array): Generator<SamplePart> {
  yield { $case: 'settings', value: { seed: 1, classCounts: [], ungated: false, ...settings } };
  for (const value of encodeBytes(model)) yield { $case: 'model', value };
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
  must(messages.length > 0, 'no points came', 'the points that were asked for');
  return { points: receivedPoints(messages, 'points'), summary };
}
