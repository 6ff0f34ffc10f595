import type {
  FitProgress,
  FitRequest,
  FitSettings,
  FitSummary,
  GeneratorServiceService,
  SampleRequest,
  SampleSettings,
  SampleSummary,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { BidiCall } from '@qloom/service-kit/client/calls.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import type { Points, UnlabelledPoints } from '@qloom/study/points/points.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { createPointsCollector, encodePoints } from '../codec/points.ts';
import { encodeBytes } from '../codec/tensors.ts';
import { encodeUnlabelled } from '../codec/unlabelled-points.ts';
import { type CallLimits, callName, readAnswer, requirePart } from './answers.ts';

/** Client of any implementation of GeneratorService. */
export type GeneratorRemote = Pick<
  Remote<typeof GeneratorServiceService>,
  'fit' | 'sample' | 'getCapabilities' | 'target'
>;

/** One call of Fit. */
export interface FitCall extends CallLimits {
  readonly settings: FitSettings;
  readonly training: Points;
  /** Points without labels, for a method that needs them. */
  readonly unlabelled?: UnlabelledPoints;
  /** Points of a source domain, for a method that needs them. */
  readonly source?: Points;
  /** A model whose training the fit continues, of a generator that offers it. */
  readonly initialModel?: Uint8Array;
  /** A checkpoint of the same fit to continue from. */
  readonly resume?: Uint8Array;
  /** Receives each resumable checkpoint; the stream waits for it. */
  readonly onCheckpoint?: (step: number, checkpoint: Uint8Array) => Promise<void>;
  /** Receives each progress message; the stream waits for it. */
  readonly onProgress?: (progress: FitProgress) => Promise<void>;
}

/**
 * Fits a model. Rejects with the call's status, IncompleteAnswerError or WrongAnswerError, and with the error of a
 * callback.
 */
export async function fitModel(
  generator: Pick<GeneratorRemote, 'fit' | 'target'>,
  { signal, deadlineMs, onCheckpoint, onProgress, ...input }: FitCall,
): Promise<{ readonly model: Uint8Array; readonly summary: FitSummary }> {
  const name = callName('generator', generator.target, 'Fit');
  const call = generator.fit({ signal, deadlineMs });
  sendRequests(call, fitRequests(input));
  const model = createByteAssembler('model');
  let checkpoint = createByteAssembler('resume');
  let summary: FitSummary | undefined;
  for await (const { part } of call) {
    if (part?.$case === 'model') readAnswer(name, () => model.add(part.value));
    else if (part?.$case === 'summary') summary = part.value;
    else if (part?.$case === 'progress') await onProgress?.(part.value);
    else if (part?.$case === 'resume' && part.value.chunk && onCheckpoint) {
      const { step, chunk } = part.value;
      readAnswer(name, () => checkpoint.add(chunk));
      if (!checkpoint.complete) continue;
      await onCheckpoint(step, checkpoint.bytes());
      checkpoint = createByteAssembler('resume');
    }
  }
  return {
    summary: requirePart(name, 'a summary', summary),
    model: requirePart(name, 'the whole model', model.complete ? model.bytes() : undefined),
  };
}

/** One call of Sample. */
export interface SampleCall extends CallLimits {
  readonly settings: SampleSettings;
  readonly model: Uint8Array;
}

/**
 * Samples from a model: yields the messages of points as they arrive, to be forwarded; returns the summary. Throws the
 * call's status, and IncompleteAnswerError.
 */
export async function* streamSample(
  generator: Pick<GeneratorRemote, 'sample' | 'target'>,
  { settings, model, signal, deadlineMs }: SampleCall,
): AsyncGenerator<LabelledPoints, SampleSummary> {
  const call = generator.sample({ signal, deadlineMs });
  sendRequests(call, sampleRequests(settings, model));
  let summary: SampleSummary | undefined;
  for await (const { part } of call) {
    if (part?.$case === 'points') yield part.value;
    else if (part?.$case === 'summary') summary = part.value;
  }
  return requirePart(callName('generator', generator.target, 'Sample'), 'a summary', summary);
}

/** Like {@link streamSample}, but returns all points. Also rejects with WrongAnswerError if they are inconsistent. */
export async function samplePoints(
  generator: Pick<GeneratorRemote, 'sample' | 'target'>,
  call: SampleCall,
): Promise<{ readonly points: Points; readonly summary: SampleSummary }> {
  const name = callName('generator', generator.target, 'Sample');
  const collector = createPointsCollector('points');
  const sampling = streamSample(generator, call);
  let next = await sampling.next();
  for (; !next.done; next = await sampling.next()) {
    const { value } = next;
    readAnswer(name, () => collector.add(value));
  }
  return { points: readAnswer(name, () => collector.points()), summary: next.value };
}

/**
 * Sends requests concurrently with the reading. If sending fails, the reader gets the call's status, which is more
 * specific.
 */
function sendRequests<Request>(call: BidiCall<Request, unknown>, requests: Iterable<Request>): void {
  call.sendAll(requests).then(
    () => call.closeSend(),
    () => undefined,
  );
}

function* fitRequests({
  settings,
  training,
  unlabelled,
  source,
  initialModel,
  resume,
}: FitCall): Generator<FitRequest> {
  yield { part: { $case: 'settings', value: settings } };
  for (const value of encodePoints(training)) yield { part: { $case: 'training', value } };
  if (unlabelled) for (const value of encodeUnlabelled(unlabelled)) yield { part: { $case: 'unlabelled', value } };
  if (source) for (const value of encodePoints(source)) yield { part: { $case: 'source', value } };
  if (initialModel) {
    for (const value of encodeBytes(initialModel)) yield { part: { $case: 'initialModel', value } };
  }
  if (resume) for (const value of encodeBytes(resume)) yield { part: { $case: 'resume', value } };
}

function* sampleRequests(settings: SampleSettings, model: Uint8Array): Generator<SampleRequest> {
  yield { part: { $case: 'settings', value: settings } };
  for (const value of encodeBytes(model)) yield { part: { $case: 'model', value } };
}
