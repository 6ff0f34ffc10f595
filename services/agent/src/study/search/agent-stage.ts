import type { Span } from '@opentelemetry/api';
import { recordStageDuration } from '@qloom/telemetry/metrics.ts';
import { ATTR_OUTCOME, type Outcome } from '@qloom/telemetry/schema.ts';
import { type SpanOptions, withSpan } from '@qloom/telemetry/spans.ts';
import type { Clock } from '../retry/clock.ts';

/**
 * Runs a stage of the agent inside its span, and records the outcome that `write` resolves to with the time it took.
 * `write` gets the start of the stage, in milliseconds since the epoch, and its span, and writes its slot.
 */
export async function runAgentStage(
  stage: 'propose' | 'reward' | 'update-policy',
  span: SpanOptions,
  clock: Clock,
  write: (startedAtMs: number, span: Span) => Promise<Outcome>,
): Promise<void> {
  await withSpan(stage, span, async (active) => {
    const startedAtMs = clock.now();
    const outcome = await write(startedAtMs, active);
    active.setAttribute(ATTR_OUTCOME, outcome);
    recordStageDuration(stage, outcome, (clock.now() - startedAtMs) / 1000);
  });
}
