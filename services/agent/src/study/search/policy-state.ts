import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Policy, PolicySettings, PolicyState } from '../../domain/policy/policy.ts';

/** A policy's state as bytes: JSON. */
export function encodeState(state: PolicyState): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(state));
}

/** Decodes a state of {@link encodeState}; that of a new study if there are no bytes. Throws `ValidationError`. */
export function decodeState(policy: Policy, settings: PolicySettings, bytes: Uint8Array): PolicyState {
  if (bytes.byteLength === 0) return policy.initial(settings);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as PolicyState;
  } catch {
    const description = `${bytes.byteLength} bytes that are no state; right would be what Observe answered, or none`;
    throw new ValidationError([{ field: 'state', description }]);
  }
}
