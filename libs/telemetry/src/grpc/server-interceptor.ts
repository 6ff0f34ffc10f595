import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { recordSeconds } from '../metrics.ts';
import { METRIC_RPC_SERVER_CALL_DURATION } from '../semconv.ts';
import { TRACER_NAME } from '../spans.ts';
import { isTelemetryOn } from '../state.ts';
import { callAttributes, isServerError, isTracedMethod, methodName, statusAttributes } from './rpc-attributes.ts';

const METADATA_GETTER: TextMapGetter<Metadata> = {
  keys: (metadata) => Object.keys(metadata.getMap()),
  get: (metadata, key) => metadata.get(key).map(String)[0],
};

/**
 * One SERVER span and one `rpc.server.call.duration` per call, a child of the client's span; the handler runs inside
 * it. A call that its client cancels ends as CANCELLED. Costs one branch for each call when telemetry is off.
 */
export function serverTelemetryInterceptor(): ServerInterceptor {
  return (method, call) => {
    if (!isTelemetryOn() || !isTracedMethod(method.path)) return new ServerInterceptingCall(call);
    const attributes = callAttributes(method.path);
    const startedAt = performance.now();
    let span: Span | undefined;
    let active: Context = ROOT_CONTEXT;

    const end = (code: number, details: string): void => {
      if (span === undefined) return;
      const ended = statusAttributes(code, isServerError(code));
      span.setAttributes(ended);
      if (isServerError(code)) span.setStatus({ code: SpanStatusCode.ERROR, message: details });
      span.end();
      span = undefined;
      recordSeconds(SERVER_DURATION, (performance.now() - startedAt) / 1000, { ...attributes, ...ended });
    };

    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, forward) {
            const parent = propagation.extract(ROOT_CONTEXT, metadata, METADATA_GETTER);
            span = trace
              .getTracer(TRACER_NAME)
              .startSpan(methodName(method.path), { kind: SpanKind.SERVER, attributes }, parent);
            active = trace.setSpan(parent, span);
            context.with(active, () => forward(metadata));
          },
          onReceiveMessage: (message, forward) => context.with(active, () => forward(message)),
          onReceiveHalfClose: (forward) => context.with(active, () => forward()),
          onCancel: () => end(status.CANCELLED, 'cancelled'),
        });
      },
      sendStatus(callStatus, next) {
        end(callStatus.code ?? status.UNKNOWN, callStatus.details ?? '');
        next(callStatus);
      },
    });
  };
}

const SERVER_DURATION = { name: METRIC_RPC_SERVER_CALL_DURATION, description: 'Duration of inbound calls.' };
