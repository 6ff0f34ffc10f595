import type { StudyPolicy } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { putArtifact } from '../data/points-artifact.ts';
import type { PolicyCheckpoint } from './policy-port.ts';

/** Stores a policy's checkpoint after `batches` batches. Returns its record: the state, of any size, is an artifact. */
export async function storeCheckpoint(
  store: ArtifactStore,
  batches: number,
  { state, updates }: PolicyCheckpoint,
): Promise<StudyPolicy> {
  return { batches, updates, state: await putArtifact(store, state, 'application/octet-stream') };
}

/** The checkpoint of a record. Throws `ArtifactMissingError`, and `DomainError` (`data-loss`) for a record without a state. */
export async function loadCheckpoint(
  store: ArtifactStore,
  { batches, updates, state }: StudyPolicy,
): Promise<PolicyCheckpoint> {
  if (state === undefined) throw new DomainError('data-loss', `policy-${batches}: refers to no state`);
  return { state: await store.get(state.sha256), updates };
}
