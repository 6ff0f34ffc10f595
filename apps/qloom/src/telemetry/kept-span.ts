/** A span as the run folder keeps it: one JSON object a line of `spans.jsonl`. */
export interface KeptSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** 16 hexadecimal digits; absent for the root of a trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: SpanKindName;
  /** `service.name` of the process. */
  readonly service: string;
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Kinds of spans, by their number in OTLP. */
export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
type SpanKindName = (typeof SPAN_KINDS)[number];

/** Duration in milliseconds. */
export function durationMs(span: Pick<KeptSpan, 'startMs' | 'endMs'>): number {
  return Math.max(0, span.endMs - span.startMs);
}
