let on = false;

/**
 * Whether this process records telemetry. The interceptors ask before they do any work, so that a process without a
 * collector pays one branch a call. It mirrors OpenTelemetry's own global providers, which tell nobody whether they
 * are real.
 */
export function isTelemetryOn(): boolean {
  return on;
}

/** Called by start-up and shutdown only. */
export function setTelemetryOn(value: boolean): void {
  on = value;
}
