import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { UnlabelledPoints as UnlabelledMessage } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { UnlabelledPoints } from '@qloom/study/points/points.ts';
import { TensorError } from '@qloom/tensor/tensor-error.ts';
import {
  createUnlabelledCollector,
  createUnlabelledSourceCollector,
  encodeUnlabelled,
  type UnlabelledCollector,
  type UnlabelledSource,
} from './unlabelled-points.ts';

/** Media type of unlabelled points in the artifact store: UnlabelledPoints messages, each after its length as a varint. */
export const UNLABELLED_TYPE = 'application/x-qloom-unlabelled-points';

/** The bytes of unlabelled points. The same points give the same bytes. */
export function encodeUnlabelledArtifact(points: UnlabelledPoints | UnlabelledSource): Uint8Array {
  const writer = new BinaryWriter();
  for (const message of encodeUnlabelled(points)) writer.bytes(UnlabelledMessage.encode(message).finish());
  return writer.finish();
}

/** Decodes unlabelled points in float32. Throws DomainError (`data-loss`) if the bytes are truncated or wrong. */
export function decodeUnlabelledArtifact(bytes: Uint8Array, name: string): UnlabelledPoints {
  return decode(bytes, name, createUnlabelledCollector(name));
}

/** Decodes unlabelled points to float64. Throws DomainError (`data-loss`) if the bytes are truncated or wrong. */
export function decodeUnlabelledSourceArtifact(bytes: Uint8Array, name: string): UnlabelledSource {
  return decode(bytes, name, createUnlabelledSourceCollector(name, Number.POSITIVE_INFINITY));
}

/** Only checked points are stored, so that wrong ones are a fault of the storage. */
function decode<P>(bytes: Uint8Array, name: string, collector: UnlabelledCollector<P>): P {
  const reader = new BinaryReader(bytes);
  const at = (): string => `${name}: no whole message of points at byte ${reader.pos} of ${bytes.length}`;
  try {
    while (reader.pos < reader.len) collector.add(UnlabelledMessage.decode(reader.bytes()));
    return collector.points();
  } catch (cause) {
    const known = cause instanceof ValidationError || cause instanceof TensorError;
    throw new DomainError('data-loss', known ? `${name}: stored points are damaged: ${cause.message}` : at(), {
      cause,
    });
  }
}
