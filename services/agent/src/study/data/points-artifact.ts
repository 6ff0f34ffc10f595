import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { decodePointsArtifact, encodePointsArtifact, POINTS_TYPE } from '@qloom/study-rpc/codec/points-artifact.ts';

/** Stores bytes. Returns the reference to them. */
export async function putArtifact(store: ArtifactStore, bytes: Uint8Array, mediaType: string): Promise<ArtifactRef> {
  return { sha256: await store.put(bytes), sizeBytes: bytes.byteLength, mediaType };
}

/** Stores points. */
export function putPoints(store: ArtifactStore, points: Points): Promise<ArtifactRef> {
  return putArtifact(store, encodePointsArtifact(points), POINTS_TYPE);
}

/** Reads points from the store. Throws `ArtifactMissingError`. */
export async function getPoints(store: ArtifactStore, ref: ArtifactRef, field: string): Promise<Points> {
  return decodePointsArtifact(await store.get(ref.sha256), field);
}
