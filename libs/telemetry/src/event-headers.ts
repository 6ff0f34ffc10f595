import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { isTelemetryOn } from './state.ts';

/**
 * Headers that carry the active trace context (W3C `traceparent`, `tracestate`) with an event. Empty when telemetry is
 * off. The consumer of the event starts a span that is a **child** of the span active here, so that one episode is one
 * trace.
 */
export function traceHeaders(from: Context = context.active()): Record<string, string> {
  const headers: Record<string, string> = {};
  if (isTelemetryOn()) propagation.inject(from, headers);
  return headers;
}

/** Context of the producer of an event, from its headers; the root context when there is none, or a broken one. */
export function contextFromHeaders(headers: Readonly<Record<string, string>> | undefined): Context {
  if (headers === undefined || !isTelemetryOn()) return ROOT_CONTEXT;
  return propagation.extract(ROOT_CONTEXT, headers);
}
