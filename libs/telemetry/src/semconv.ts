/**
 * The OpenTelemetry semantic conventions in use, pinned here because the RPC conventions are a release candidate
 * (semantic conventions 1.44) and their names may still move.
 * Source: https://opentelemetry.io/docs/specs/semconv/rpc/ and /registry/attributes/.
 */

export const ATTR_SERVICE_NAME = 'service.name';
export const ATTR_SERVICE_VERSION = 'service.version';
export const ATTR_SERVICE_INSTANCE_ID = 'service.instance.id';

/** Which RPC system; always {@link RPC_SYSTEM_GRPC} here. */
export const ATTR_RPC_SYSTEM_NAME = 'rpc.system.name';
export const RPC_SYSTEM_GRPC = 'grpc';
/** Fully-qualified method, without the leading slash: `qloom.generator.v1.GeneratorService/Sample`. */
export const ATTR_RPC_METHOD = 'rpc.method';
/** Name of the gRPC status: `OK`, `UNAVAILABLE`, … */
export const ATTR_RPC_RESPONSE_STATUS_CODE = 'rpc.response.status_code';
/** Set only on a failed call or operation: the status name or the error's code. */
export const ATTR_ERROR_TYPE = 'error.type';
/** Host, or path of the unix socket, of the client's target. */
export const ATTR_SERVER_ADDRESS = 'server.address';
export const ATTR_SERVER_PORT = 'server.port';

/** Number of deliveries of this message, this one included. */
export const ATTR_MESSAGING_DELIVERY_ATTEMPT = 'messaging.delivery.attempt';

export const METRIC_RPC_CLIENT_CALL_DURATION = 'rpc.client.call.duration';
export const METRIC_RPC_SERVER_CALL_DURATION = 'rpc.server.call.duration';
