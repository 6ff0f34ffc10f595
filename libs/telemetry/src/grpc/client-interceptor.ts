import { InterceptingCall, type Interceptor, type Metadata } from '@grpc/grpc-js';
import { context, propagation, SpanKind, SpanStatusCode, type TextMapSetter, trace } from '@opentelemetry/api';
import { recordSeconds } from '../metrics.ts';
import { METRIC_RPC_CLIENT_CALL_DURATION } from '../semconv.ts';
import { TRACER_NAME } from '../spans.ts';
import { isTelemetryOn } from '../state.ts';
import { callAttributes, isClientError, isTracedMethod, methodName, statusAttributes } from './rpc-attributes.ts';

const METADATA_SETTER: TextMapSetter<Metadata> = { set: (metadata, key, value) => metadata.set(key, value) };

/**
 * One CLIENT span and one `rpc.client.call.duration` per call, streams included (never one per message), and the trace
 * context in the call's metadata. Costs one branch for each call when telemetry is off. `target` becomes
 * `server.address` and `server.port`.
 */
export function clientTelemetryInterceptor(target?: string): Interceptor {
  return (options, nextCall) => {
    const path = options.method_definition.path;
    if (!isTelemetryOn() || !isTracedMethod(path)) return new InterceptingCall(nextCall(options));
    const parent = context.active();
    const attributes = callAttributes(path, target);
    const startedAt = performance.now();
    const span = trace
      .getTracer(TRACER_NAME)
      .startSpan(methodName(path), { kind: SpanKind.CLIENT, attributes }, parent);
    return new InterceptingCall(nextCall(options), {
      start(metadata, _listener, next) {
        propagation.inject(trace.setSpan(parent, span), metadata, METADATA_SETTER);
        next(metadata, {
          onReceiveStatus(callStatus, forward) {
            const ended = statusAttributes(callStatus.code, isClientError(callStatus.code));
            span.setAttributes(ended);
            if (isClientError(callStatus.code)) {
              span.setStatus({ code: SpanStatusCode.ERROR, message: callStatus.details });
            }
            span.end();
            recordSeconds(CLIENT_DURATION, (performance.now() - startedAt) / 1000, { ...attributes, ...ended });
            forward(callStatus);
          },
        });
      },
    });
  };
}

const CLIENT_DURATION = { name: METRIC_RPC_CLIENT_CALL_DURATION, description: 'Duration of outbound calls.' };
