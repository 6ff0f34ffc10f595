/**
 * Thrown when the requested backend is unknown or cannot run here; the message says what was tried and why it failed.
 */
export class BackendUnavailableError extends Error {
  override readonly name = 'BackendUnavailableError';
}
