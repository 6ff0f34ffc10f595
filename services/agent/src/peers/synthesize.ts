import type {
  FitRequest,
  FitSettings,
  FitSummary,
  SampleRequest,
  SampleSummary,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { UnavailableError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector, encodePoints } from '@qloom/study-rpc/codec/wire-points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/wire-tensors.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { LONG_CALL_MS, type Peers } from './peers.ts';

/** Fits a model on `training`. Rejects with the call's status. */
export async function fitModel(
  { generator }: Pick<Peers, 'generator'>,
  settings: FitSettings,
  training: Points,
  signal: AbortSignal,
): Promise<{ model: Uint8Array; summary: FitSummary }> {
  const call = generator.fit({ signal, deadlineMs: LONG_CALL_MS });
  const sent = call.sendAll(fitRequests(settings, training)).then(() => call.closeSend());
  // Where sending fails, the status that the reader gets says more.
  sent.catch(() => {});
  const model = createByteAssembler('model');
  let summary: FitSummary | undefined;
  for await (const { part } of call) {
    if (part?.$case === 'model') model.add(part.value);
    if (part?.$case === 'summary') summary = part.value;
  }
  if (summary === undefined) throw new UnavailableError('Fit: the generator ended the stream before its summary');
  return { model: model.bytes(), summary };
}

function* fitRequests(settings: FitSettings, training: Points): Generator<FitRequest> {
  yield { part: { $case: 'settings', value: settings } };
  for (const value of encodePoints(training)) yield { part: { $case: 'training', value } };
}

/** Samples from a model. Rejects with the call's status. */
export async function samplePoints(
  { generator }: Pick<Peers, 'generator'>,
  model: Uint8Array,
  seed: number,
  classCounts: number[],
  signal: AbortSignal,
): Promise<{ points: Points; summary: SampleSummary }> {
  const call = generator.sample({ signal, deadlineMs: LONG_CALL_MS });
  const sent = call.sendAll(sampleRequests(model, seed, classCounts)).then(() => call.closeSend());
  sent.catch(() => {});
  const points = createPointsCollector('synthetic');
  let summary: SampleSummary | undefined;
  for await (const { part } of call) {
    if (part?.$case === 'points') points.add(part.value);
    if (part?.$case === 'summary') summary = part.value;
  }
  if (summary === undefined) throw new UnavailableError('Sample: the generator ended the stream before its summary');
  return { points: points.points(), summary };
}

function* sampleRequests(model: Uint8Array, seed: number, classCounts: number[]): Generator<SampleRequest> {
  yield { part: { $case: 'settings', value: { seed, classCounts, ungated: false } } };
  for (const value of encodeBytes(model)) yield { part: { $case: 'model', value } };
}
