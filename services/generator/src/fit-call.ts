import type {
  FitRequest,
  FitSettings,
  FitSummary,
  GeneratorServiceService,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/wire-points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/wire-tensors.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';

/** Any generator, reached over gRPC. */
export type GeneratorRemote = Pick<Remote<typeof GeneratorServiceService>, 'fit' | 'getCapabilities' | 'target'>;

/** One call of Fit. */
export interface FitCall {
  readonly settings: FitSettings;
  readonly training: Points;
  readonly resume?: Uint8Array;
  readonly signal: AbortSignal;
  /** Told of each resumable checkpoint; the stream waits for it. */
  readonly onCheckpoint: (step: number, checkpoint: Uint8Array) => Promise<void>;
}

/** Fits a model over gRPC. Throws the call's status, and DomainError (`data-loss`) where the answer is incomplete. */
export async function callFit(
  generator: GeneratorRemote,
  { settings, training, resume, signal, onCheckpoint }: FitCall,
): Promise<{ model: Uint8Array; summary: FitSummary }> {
  const call = generator.fit({ signal });
  const sent = call.sendAll(fitMessages(settings, training, resume)).then(() => call.closeSend());
  // What went wrong with sending is told by the status, which the reader below gets.
  sent.catch(() => undefined);
  const model = createByteAssembler('model');
  let checkpoint = createByteAssembler('resume');
  let summary: FitSummary | undefined;
  for await (const { part } of call) {
    if (part?.$case === 'model') model.add(part.value);
    else if (part?.$case === 'summary') summary = part.value;
    else if (part?.$case === 'resume' && part.value.chunk) {
      checkpoint.add(part.value.chunk);
      if (!checkpoint.complete) continue;
      await onCheckpoint(part.value.step, checkpoint.bytes());
      checkpoint = createByteAssembler('resume');
    }
  }
  if (summary === undefined) throw new DomainError('data-loss', `${generator.target}: Fit ended without a summary`);
  return { model: model.bytes(), summary };
}

function* fitMessages(settings: FitSettings, training: Points, resume?: Uint8Array): Generator<FitRequest> {
  yield { part: { $case: 'settings', value: settings } };
  for (const value of encodePoints(training)) yield { part: { $case: 'training', value } };
  if (resume) for (const value of encodeBytes(resume)) yield { part: { $case: 'resume', value } };
}
