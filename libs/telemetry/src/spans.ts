import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ATTR_EPISODE, ATTR_STAGE, ATTR_STUDY, type SpanName } from './schema.ts';
import { ATTR_ERROR_TYPE } from './semconv.ts';
import { isTelemetryOn } from './state.ts';

/** The one tracer of Qloom's own spans. */
export const TRACER_NAME = 'qloom';

/** Attributes and options of a span. */
export interface SpanOptions {
  readonly study?: string;
  /** Index of the episode. */
  readonly episode?: number;
  readonly attributes?: Attributes;
  /** Default INTERNAL. A stage that consumes an event is a CONSUMER; the writer of the first event is a PRODUCER. */
  readonly kind?: SpanKind;
  /** Context of the parent, e.g. from an event's headers. Default: the active context. `'root'` starts a new trace. */
  readonly parent?: Context | 'root';
  /** Start, in epoch milliseconds, when it lies in the past. */
  readonly startTimeMs?: number;
  /** Contexts of spans, of other traces as a rule, that this one belongs to; those without a span are left out. */
  readonly links?: readonly Context[];
}

/**
 * Runs `work` inside a span of the schema and ends the span when `work` settles; an error marks the span as failed (its
 * `code`, if any, becomes `error.type`) and is rethrown.
 *
 * @example const sampled = await withSpan('sample', { study, episode }, async (span) => {
 *   span.setAttribute('qloom.outcome', 'ok');
 *   return sample(model, classes);
 * });
 */
export async function withSpan<T>(
  name: SpanName,
  options: SpanOptions,
  work: (span: Span) => Promise<T> | T,
): Promise<T> {
  if (!isTelemetryOn()) return work(OFF_SPAN);
  const parent = options.parent === 'root' ? ROOT_CONTEXT : (options.parent ?? context.active());
  const span = trace.getTracer(TRACER_NAME).startSpan(
    name,
    {
      kind: options.kind ?? SpanKind.INTERNAL,
      startTime: options.startTimeMs,
      links: (options.links ?? []).flatMap((linked) => {
        const spanContext = trace.getSpanContext(linked);
        return spanContext === undefined ? [] : [{ context: spanContext }];
      }),
      attributes: {
        [ATTR_STAGE]: name,
        ...(options.study === undefined ? {} : { [ATTR_STUDY]: options.study }),
        ...(options.episode === undefined ? {} : { [ATTR_EPISODE]: options.episode }),
        ...options.attributes,
      },
    },
    parent,
  );
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Marks a span as failed by `error`, without its stack. */
export function markFailed(span: Span, error: unknown): void {
  const code = (error as { code?: unknown } | null)?.code;
  span.setAttribute(ATTR_ERROR_TYPE, code === undefined ? errorName(error) : String(code));
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
}

/** Ids of the active span, for log lines; nothing when no span is active. */
export function activeTraceIds(): { readonly traceId: string; readonly spanId: string } | undefined {
  if (!isTelemetryOn()) return undefined;
  const spanContext = trace.getActiveSpan()?.spanContext();
  return spanContext === undefined ? undefined : { traceId: spanContext.traceId, spanId: spanContext.spanId };
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

const OFF_SPAN: Span = trace.wrapSpanContext({
  traceId: '00000000000000000000000000000000',
  spanId: '0000000000000000',
  traceFlags: 0,
});
