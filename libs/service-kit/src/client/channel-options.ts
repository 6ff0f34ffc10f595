import type { ChannelOptions, ServerOptions } from '@grpc/grpc-js';
import { callKind, type ServiceDefinition, serviceName } from '../server/definition.ts';

const MIB = 1024 * 1024;

/** Largest message of a stream. Data is sent in messages of at most 1 MiB; the rest leaves room for other fields. */
const MAX_MESSAGE_BYTES = 8 * MIB;

/** Attempts of an idempotent unary call, the first included. */
const MAX_ATTEMPTS = 4;

/** Unary methods that only read: repeating one changes nothing. */
const READS = /^(get|list|describe|check|find)/;

/**
 * Options of every channel. Reconnects fast, since a supervisor restarts a dead service in a moment (grpc-js would wait
 * up to two minutes). HTTP/2 pings detect a peer that disappeared without closing the connection. Retries: UNAVAILABLE
 * only, reading unary methods and `idempotent` ones only, at most {@link MAX_ATTEMPTS} tries; they stop silently for
 * requests above 1 MiB (`grpc.per_rpc_retry_buffer_size`). Streams are never retried.
 */
export function channelOptions(
  definition: ServiceDefinition,
  target: string,
  idempotent: readonly string[] = [],
): ChannelOptions {
  const retried = Object.entries(definition)
    .filter(([name, method]) => callKind(method) === 'unary' && (READS.test(name) || idempotent.includes(name)))
    .map(([, method]) => ({ service: serviceName(definition), method: method.path.split('/')[2] }));
  const serviceConfig = {
    loadBalancingConfig: target.startsWith('dns:') ? [{ round_robin: {} }] : [],
    methodConfig: retried.length === 0 ? [] : [{ name: retried, retryPolicy: RETRY_POLICY }],
  };
  return {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc-node.flow_control_window': 8 * MIB,
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.service_config': JSON.stringify(serviceConfig),
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_http_proxy': 0,
  };
}

const RETRY_POLICY = {
  maxAttempts: MAX_ATTEMPTS,
  initialBackoff: '0.1s',
  maxBackoff: '1s',
  backoffMultiplier: 2,
  retryableStatusCodes: ['UNAVAILABLE'],
};

/**
 * Options of every server. `short` calls: a connection is renewed every 5 minutes (with 60 s for what runs on it), so
 * that clients find new replicas; a service whose streams carry a whole fit must not do that.
 */
export function serverOptions(calls: 'short' | 'long'): ServerOptions {
  return {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': 256,
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 5_000,
    ...(calls === 'short' ? { 'grpc.max_connection_age_ms': 300_000, 'grpc.max_connection_age_grace_ms': 60_000 } : {}),
  };
}
