import type {
  GeneratorServiceService,
  SampleRequest,
  SampleSettings,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/wire-tensors.ts';

/** Any generator, reached over gRPC. */
export type GeneratorRemote = Pick<Remote<typeof GeneratorServiceService>, 'getCapabilities' | 'sample' | 'target'>;

/** Synthetic points from a model, as they come. Throws the call's status. */
export async function* callSample(
  generator: GeneratorRemote,
  settings: SampleSettings,
  model: Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<LabelledPoints> {
  const call = generator.sample({ signal });
  const sent = call.sendAll(sampleMessages(settings, model)).then(() => call.closeSend());
  // What went wrong with sending is told by the status, which the reader below gets.
  sent.catch(() => undefined);
  for await (const { part } of call) if (part?.$case === 'points') yield part.value;
}

function* sampleMessages(settings: SampleSettings, model: Uint8Array): Generator<SampleRequest> {
  yield { part: { $case: 'settings', value: settings } };
  for (const value of encodeBytes(model)) yield { part: { $case: 'model', value } };
}
