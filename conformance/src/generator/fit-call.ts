import type {
  FitProgress,
  FitRequest,
  FitSummary,
  GeneratorServiceService,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { CheckFailure, must } from '../check.ts';
import { CHUNKS, receivedChunk } from '../shared/received.ts';

/** Client of a generator. */
export type GeneratorRemote = Remote<typeof GeneratorServiceService>;
export type FitPart = NonNullable<FitRequest['part']>;

/** A complete resumable checkpoint. */
interface ReceivedCheckpoint {
  readonly step: number;
  readonly bytes: Uint8Array;
}

/** The complete answer of a fit, with its order checked. */
export interface FitAnswer {
  readonly progress: readonly FitProgress[];
  readonly checkpoints: readonly ReceivedCheckpoint[];
  readonly model: Uint8Array;
  readonly summary: FitSummary;
}

/** Sends the parts of a fit and reads its answer: progress and checkpoints, then the model, then one summary. */
export async function fit(
  generator: GeneratorRemote,
  parts: Iterable<FitPart>,
  deadlineMs: number,
): Promise<FitAnswer> {
  const call = generator.fit({ deadlineMs });
  const sent = sendParts(call, parts);
  const progress: FitProgress[] = [];
  const checkpoints: ReceivedCheckpoint[] = [];
  const model = createByteAssembler('model');
  let resume = createByteAssembler('resume');
  let summary: FitSummary | undefined;
  for await (const { part } of call) {
    must(part !== undefined, 'a response without a part', 'progress, resume, model or summary');
    must(summary === undefined, `${part.$case} came after the summary`, 'the summary last, once');
    const early = part.$case === 'progress' || part.$case === 'resume';
    must(!early || !model.started, `${part.$case} came after the model had begun`, 'the model at the end');
    if (part.$case === 'progress') progress.push(part.value);
    else if (part.$case === 'summary') summary = part.value;
    else if (part.$case === 'model') receivedChunk(model, part.value, 'model');
    else {
      const { step, chunk } = part.value;
      must(chunk !== undefined, 'resume without a chunk', 'a piece of a checkpoint');
      receivedChunk(resume, chunk, 'resume');
      if (!resume.complete) continue;
      checkpoints.push({ step, bytes: resume.bytes() });
      resume = createByteAssembler('resume');
    }
  }
  await sent;
  if (summary === undefined) throw new CheckFailure('the stream ended without a summary', 'the summary last, once');
  must(model.complete, 'the model did not come whole before the summary', CHUNKS);
  must(!resume.started, 'a resumable checkpoint did not come whole', CHUNKS);
  return { progress, checkpoints, model: model.bytes(), summary };
}

/** Sends parts and half-closes. If sending fails because the call has ended, the call's status has the reason. */
export async function sendParts<P>(
  call: { send(message: { part: P }): Promise<void>; closeSend(): void },
  parts: Iterable<P>,
): Promise<void> {
  try {
    for (const part of parts) await call.send({ part });
    call.closeSend();
  } catch {
    // The reader of the call throws its status.
  }
}
