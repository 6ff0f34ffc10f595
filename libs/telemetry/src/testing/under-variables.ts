import { sendLogLine } from '../logs.ts';
import { recordStageDuration } from '../metrics.ts';
import { withSpan } from '../spans.ts';
import { startTelemetry, type TelemetryOptions } from '../start.ts';

/**
 * Starts telemetry under variables of the environment, where `$` in a value becomes `endpoint`, does a piece of work with a
 * stage's measurement and a line of the log, and shuts telemetry down.
 */
export async function underVariables(
  endpoint: string,
  variables: Record<string, string>,
  work: () => Promise<unknown> = () => withSpan('fit', { parent: 'root' }, async () => {}),
  options: Partial<TelemetryOptions> = {},
): Promise<{ warnings: string[]; enabled: boolean }> {
  const before = process.env;
  const given = Object.entries(variables).map(([name, value]) => [name, value.replace('$', endpoint)]);
  process.env = { ...before, ...Object.fromEntries(given) };
  const warnings: string[] = [];
  try {
    const telemetry = startTelemetry({ serviceName: 'test', warn: (line) => warnings.push(line), ...options });
    await work();
    recordStageDuration('fit', 'ok', 0.25);
    sendLogLine({
      timeMs: 1_770_000_000_123,
      level: 'warn',
      message: 'measured',
      fields: { stage: 'fit', attempt: 2, error: { name: 'Error', codes: ['a', 1.5] } },
    });
    await telemetry.shutdown();
    return { warnings, enabled: telemetry.enabled };
  } finally {
    process.env = before;
  }
}
