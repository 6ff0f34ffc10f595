import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/datasets/points.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifact-store.ts';
import { createPointsCollector, encodePoints } from '@qloom/service-kit/wire-points.ts';

/** Media type of points in the artifact store: LabelledPoints messages, each behind its length as a varint. */
export const POINTS_TYPE = 'application/x-qloom-points';

/** The bytes of points. The same points give the same bytes. */
export function encodePointsArtifact(points: Points): Uint8Array {
  const writer = new BinaryWriter();
  for (const message of encodePoints(points)) writer.bytes(LabelledPoints.encode(message).finish());
  return writer.finish();
}

/** Points from their bytes. Throws a ValidationError where they are malformed. */
export function decodePointsArtifact(bytes: Uint8Array, field: string): Points {
  const collector = createPointsCollector(field);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) collector.add(LabelledPoints.decode(reader.bytes()));
  return collector.points();
}

/** Stores bytes and says where they stand. */
export async function putArtifact(store: ArtifactStore, bytes: Uint8Array, mediaType: string): Promise<ArtifactRef> {
  return { sha256: await store.put(bytes), sizeBytes: bytes.byteLength, mediaType };
}

/** Stores points. */
export function putPoints(store: ArtifactStore, points: Points): Promise<ArtifactRef> {
  return putArtifact(store, encodePointsArtifact(points), POINTS_TYPE);
}

/** Points that stand in the store. Throws `ArtifactMissingError`. */
export async function getPoints(store: ArtifactStore, ref: ArtifactRef, field: string): Promise<Points> {
  return decodePointsArtifact(await store.get(ref.sha256), field);
}
