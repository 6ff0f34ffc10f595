import { LOG_LEVELS } from '../logger.ts';
import { TLS_CONFIG } from '../tls/tls-config.ts';
import { type ConfigTable, defineConfig } from './config.ts';
import { parseListen } from './listen.ts';
import { NATS_CONFIG } from './nats-config.ts';

/** Variables of every service. {@link runService} adds them; a service's own table may replace an entry. */
export const COMMON_CONFIG = defineConfig({
  QLOOM_LISTEN: {
    type: 'string',
    default: '127.0.0.1:50051',
    description: 'Where to serve gRPC: unix:/absolute/path.sock, or host:port (port 0: any free one).',
    check: (value) => parseListen(value).problem,
  },
  QLOOM_HEALTH_LISTEN: {
    type: 'string',
    description:
      'A second address, without TLS and tokens, that has the health service alone: the probes of Kubernetes cannot use TLS. Not set: health is at QLOOM_LISTEN only.',
    check: (value) => parseListen(value).problem,
  },
  ...TLS_CONFIG,
  QLOOM_LOG: {
    type: 'string',
    description: 'The event log: sqlite:///absolute/path.db or nats://host:4222. Not set: no stage worker, gRPC only.',
  },
  QLOOM_ARTIFACTS: {
    type: 'string',
    description: 'The artifact store: file:///absolute/folder or nats://host:4222. Needed where QLOOM_LOG is set.',
  },
  ...NATS_CONFIG,
  QLOOM_STAGE_CONCURRENCY: {
    type: 'integer',
    default: 1,
    minimum: 1,
    maximum: 64,
    description: 'Maximum number of events that the stage worker of this process handles at once.',
  },
  QLOOM_DRAIN_TIMEOUT_MS: {
    type: 'integer',
    default: 20_000,
    minimum: 100,
    maximum: 3_600_000,
    description: 'How long a drain may take before the remaining calls are cut off. Unit: milliseconds.',
  },
  QLOOM_LOG_LEVEL: {
    type: 'string',
    default: 'info',
    allowed: LOG_LEVELS,
    description: 'Lowest level of the log lines that are written (JSON lines on stderr).',
  },
  QLOOM_PARENT_PID: {
    type: 'integer',
    minimum: 1,
    description:
      'Process that started this one: when it dies, this one drains and exits. Not set: no process is watched.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    type: 'string',
    description:
      'Base URL of an OTLP/HTTP collector, such as http://127.0.0.1:4318. Not set: no telemetry. The other standard OTEL_* variables hold too (docs/guides/read-a-trace.md).',
  },
  QLOOM_KEEP_SPANS_AT: {
    type: 'string',
    description: 'Base URL of a receiver of OTLP in JSON that gets every span, whatever OTEL_* say; qloom run sets it.',
  },
} satisfies ConfigTable);

/**
 * How a service trains networks; the names are those of `@qloom/tfjs`. The table of a service that trains networks
 * includes them.
 */
export const TRAINING_CONFIG = defineConfig({
  QLOOM_TFJS_BACKEND: {
    type: 'string',
    allowed: ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const,
    description: 'The TensorFlow.js backend to use. Not set: the best one present.',
  },
  QLOOM_TFJS_COMPILED: {
    type: 'string',
    allowed: ['auto', 'on', 'off'] as const,
    default: 'auto',
    description:
      'Whether training steps are compiled (onnxruntime-node): auto compiles where that is possible and faster, on fails where it is not possible.',
  },
  QLOOM_TFJS_PROVIDER: {
    type: 'string',
    allowed: ['cpu', 'cuda', 'webgpu', 'auto'] as const,
    default: 'cpu',
    description:
      'Where compiled steps run: cpu (one thread, the same bits on every replica), cuda, webgpu, or auto: the fastest of each graph.',
  },
} satisfies ConfigTable);
