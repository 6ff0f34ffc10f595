import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { TensorError } from '@qloom/tensor/tensor-error.ts';
import { createPointsCollector, encodePoints } from './points.ts';

/** Media type of points in the artifact store: LabelledPoints messages, each after its length as a varint. */
export const POINTS_TYPE = 'application/x-qloom-points';

/** The bytes of points. The same points give the same bytes. */
export function encodePointsArtifact(points: Points): Uint8Array {
  const writer = new BinaryWriter();
  for (const message of encodePoints(points)) writer.bytes(LabelledPoints.encode(message).finish());
  return writer.finish();
}

/**
 * The messages of a points artifact, to be forwarded unchanged. Throws DomainError (`data-loss`) if it is truncated.
 */
export function* readPointsMessages(bytes: Uint8Array, name: string): Generator<LabelledPoints> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const at = reader.pos;
    let message: LabelledPoints;
    try {
      message = LabelledPoints.decode(reader.bytes());
    } catch (cause) {
      throw new DomainError('data-loss', `${name}: no whole message of points at byte ${at} of ${bytes.length}`, {
        cause,
      });
    }
    yield message;
  }
}

/**
 * Decodes points from their bytes. Throws DomainError (`data-loss`) if they are truncated or wrong: only checked points
 * are stored, so that wrong ones are a fault of the storage and never of a request.
 */
export function decodePointsArtifact(bytes: Uint8Array, name: string): Points {
  const collector = createPointsCollector(name);
  try {
    for (const message of readPointsMessages(bytes, name)) collector.add(message);
    return collector.points();
  } catch (cause) {
    if (!(cause instanceof ValidationError || cause instanceof TensorError)) throw cause;
    throw new DomainError('data-loss', `${name}: stored points are damaged: ${cause.message}`, { cause });
  }
}
