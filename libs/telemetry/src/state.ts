let on = false;

/**
 * Whether this process records telemetry. The interceptors check it before they do any work, so that a process without
 * a collector pays one branch for each call. It mirrors OpenTelemetry's own global providers, which do not expose
 * whether they are no-ops.
 */
export function isTelemetryOn(): boolean {
  return on;
}

/** Called by start-up and shutdown only. */
export function setTelemetryOn(value: boolean): void {
  on = value;
}
