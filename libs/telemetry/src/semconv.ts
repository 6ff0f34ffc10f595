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

/**
 * Which log: `nats` or `sqlite`. Semantic conventions 1.45 rename `messaging.system` to `messaging.system.name`; spans have both,
 * because back ends know the older one.
 */
export const ATTR_MESSAGING_SYSTEM = 'messaging.system';
export const ATTR_MESSAGING_SYSTEM_NAME = 'messaging.system.name';
/** Where the event is: the subject of its slot on NATS, the slot's key on SQLite. */
export const ATTR_MESSAGING_DESTINATION_NAME = 'messaging.destination.name';
/** The same without study and episode: `qloom.v1.ep.*.*.propose`. */
export const ATTR_MESSAGING_DESTINATION_TEMPLATE = 'messaging.destination.template';
/** The durable consumer whose members compete for the events of a slot. */
export const ATTR_MESSAGING_CONSUMER_GROUP_NAME = 'messaging.consumer.group.name';
/** The event's sequence in the log, as text. */
export const ATTR_MESSAGING_MESSAGE_ID = 'messaging.message.id';
/** `send` on spans of producers, `process` on spans of consumers. */
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
/** The log's own word for the operation: `append`, `consume`. */
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';

/** Seconds of processor time of this process, by {@link ATTR_CPU_MODE}. */
export const METRIC_PROCESS_CPU_TIME = 'process.cpu.time';
export const ATTR_CPU_MODE = 'cpu.mode';
/** Resident memory of this process, in bytes. */
export const METRIC_PROCESS_MEMORY_USAGE = 'process.memory.usage';
/** 99th percentile of the delay of the event loop since the last export, in seconds. */
export const METRIC_NODEJS_EVENTLOOP_DELAY_P99 = 'nodejs.eventloop.delay.p99';

export const METRIC_RPC_CLIENT_CALL_DURATION = 'rpc.client.call.duration';
export const METRIC_RPC_SERVER_CALL_DURATION = 'rpc.server.call.duration';
