/** Thrown when the backend that was asked for is unknown or cannot run here; the message says what was tried and why not. */
export class BackendUnavailableError extends Error {
  override readonly name = 'BackendUnavailableError';
}
