import type { BytesChunk, LabelledPoints, NamedValue, Tensor } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { decodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { ByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import type { ArrayOf, Dtype } from '@qloom/tensor/dtype.ts';
import { MAX_CHUNK_BYTES } from '@qloom/tensor/rows.ts';
import type { TensorExpectation } from '@qloom/tensor/wire-tensor.ts';
import { CheckFailure, must } from '../check.ts';

/** The numbers of a tensor in a service's answer. */
export function receivedTensor<D extends Dtype>(
  tensor: Tensor | undefined,
  expected: TensorExpectation<D>,
): ArrayOf[D] {
  return asFailure(() => decodeTensor(tensor, expected), 'a tensor as tensor.proto has it');
}

/** Collects and checks the points of a stream's messages: shapes, labels, finite values, at most 1 MiB per message. */
export function receivedPoints(messages: readonly LabelledPoints[], field: string): Points {
  for (const { x } of messages) {
    const bytes = x?.data.byteLength ?? 0;
    must(bytes <= MAX_CHUNK_BYTES, `${field}.x has ${bytes} bytes in one message`, `at most ${MAX_CHUNK_BYTES}`);
  }
  return asFailure(() => {
    const collector = createPointsCollector(field);
    for (const message of messages) collector.add(message);
    return collector.points();
  }, 'points as tensor.proto has them');
}

/** What is right about the pieces of an opaque sequence. */
export const CHUNKS =
  'pieces in order, without gaps, all with the length and the SHA-256 of the whole (tensor.proto: BytesChunk)';

/** Takes the next piece of an opaque sequence. Fails if it is out of order, contradicts the others, or exceeds 1 MiB. */
export function receivedChunk(whole: ByteAssembler, chunk: BytesChunk, field: string): void {
  const bytes = chunk.data.byteLength;
  must(bytes <= MAX_CHUNK_BYTES, `${field} has ${bytes} bytes in one message`, `at most ${MAX_CHUNK_BYTES}`);
  asFailure(() => whole.add(chunk), CHUNKS);
}

/** Fails if a name is empty or occurs twice, or a value is NaN. */
export function requireNamedValues(values: readonly NamedValue[], field: string): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const { name, value } of values) {
    must(name !== '', `a value of ${field} has no name`, 'a name');
    must(!named.has(name), `${name} stands twice in ${field}`, 'each name once');
    must(!Number.isNaN(value), `${name} in ${field} is NaN`, 'a number: a NamedValue is never NaN');
    named.set(name, value);
  }
  return named;
}

/** Returns the result of `decode`; an error that it throws is a failure of the service. */
function asFailure<T>(decode: () => T, right: string): T {
  try {
    return decode();
  } catch (error) {
    throw new CheckFailure((error as Error).message, right);
  }
}
