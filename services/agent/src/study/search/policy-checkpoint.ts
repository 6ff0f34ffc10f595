import type { StudyPolicy } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { putArtifact } from '../data/points-artifact.ts';
import type { PolicyMemory } from './policy-port.ts';

/** The record of what a policy knows after `batches` batches. Its state goes into the store: it may be any size. */
export async function recordOfPolicy(
  store: ArtifactStore,
  batches: number,
  { state, updates }: PolicyMemory,
): Promise<StudyPolicy> {
  return { batches, updates, state: await putArtifact(store, state, 'application/octet-stream') };
}

/** What a policy knew when its record was written. Throws `ArtifactMissingError`, and `DomainError` for a record without a state. */
export async function memoryOfPolicy(
  store: ArtifactStore,
  { batches, updates, state }: StudyPolicy,
): Promise<PolicyMemory> {
  if (state === undefined) throw new DomainError('data-loss', `policy-${batches}: refers to no state`);
  return { state: await store.get(state.sha256), updates };
}
