import { readTelemetryEnvironment, TelemetryEnvironmentError } from '@qloom/telemetry/environment.ts';
import { UsageError } from '../command/errors.ts';

/**
 * Checks the `OTEL_*` variables that services will inherit, before any is started. Throws `UsageError` that lists every variable
 * that is wrong.
 */
export function assertTelemetryEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  try {
    readTelemetryEnvironment(env);
  } catch (error) {
    if (error instanceof TelemetryEnvironmentError) throw new UsageError(error.problems.join('\n'));
    throw error;
  }
}
