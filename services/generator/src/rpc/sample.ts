import { setImmediate as breathe } from 'node:timers/promises';
import type {
  SampleRequest,
  SampleResponse,
  SampleSettings,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import type { CallContext } from '@qloom/service-kit/server/handlers.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { type Model, unpackModel } from '../domain/model.ts';
import { type SampleSummary, sampleModel } from '../domain/sample.ts';
import { MAX_CHECKPOINT_BYTES } from './fit-request.ts';
import { createOutputQueue } from './output-queue.ts';

/** The handler of GeneratorService.Sample. */
export async function* sample(
  requests: MessageReader<SampleRequest>,
  context: CallContext,
): AsyncGenerator<SampleResponse> {
  const { settings, model } = await readSampleInput(requests);
  const output = createOutputQueue<SampleResponse>();
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const done = withSpan('sample', {}, () => run(model, settings, signal, output.push)).then(
    () => output.close(),
    (error) => output.close({ error }),
  );
  try {
    yield* output;
    await done;
  } finally {
    stop.abort();
  }
}

async function run(
  model: Model,
  { classCounts, seed, ungated }: SampleSettings,
  signal: AbortSignal,
  push: (response: SampleResponse) => Promise<void>,
): Promise<void> {
  const sampling = sampleModel(model, { counts: classCounts, seed, gated: !ungated, signal, breathe: () => breathe() });
  for (;;) {
    const next = await sampling.next();
    if (next.done) {
      await push({ part: { $case: 'summary', value: next.value as SampleSummary } });
      return;
    }
    for (const value of encodePoints(next.value)) await push({ part: { $case: 'points', value } });
  }
}

const ORDER = [
  ['settings', 'once'],
  ['model', 'some'],
] as const;

async function readSampleInput(requests: MessageReader<SampleRequest>) {
  const model = createByteAssembler('model', MAX_CHECKPOINT_BYTES);
  const { settings } = await readParts(requests, ORDER, { model: model.add });
  return { settings, model: unpackModel(model.bytes()) };
}
