import {
  InterceptingCall,
  type Interceptor,
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { boundedMessage } from './bounded-message.ts';

/** Maximum size of all trailers besides the status: 3,200 bytes of details in base64, and their name. Unit: bytes. */
const MAX_TRAILER_BYTES = 4_300;

/**
 * Keeps the status of every call within the limits of peers. Trailers above a peer's limit end its whole connection (64
 * KiB for Node, 8 KiB for others), with every call on it; so do characters that grpc-js cannot encode. Applies to
 * handlers, health and reflection. It must be the outermost interceptor.
 */
export function boundedStatusInterceptor(): ServerInterceptor {
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      sendStatus(callStatus, next) {
        const { metadata } = callStatus;
        const fits = metadata == null || bytesOf(metadata) <= MAX_TRAILER_BYTES;
        next({
          ...callStatus,
          details: boundedMessage(callStatus.details ?? ''),
          metadata: fits ? metadata : undefined,
        });
      },
    });
}

/**
 * The same for the statuses of other implementations, whose messages become log lines, spans and failures of slots. It
 * must be the innermost interceptor of a client.
 */
export function boundedStatusClientInterceptor(): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, _listener, next) {
        next(metadata, {
          onReceiveStatus: (received, forward) => forward({ ...received, details: boundedMessage(received.details) }),
        });
      },
    });
}

/** Bytes of metadata on the wire, where binary values are base64. */
function bytesOf(metadata: Metadata): number {
  return Object.entries(metadata.toHttp2Headers())
    .flatMap(([name, values]) => [values].flat().map((value) => name.length + String(value).length))
    .reduce((sum, bytes) => sum + bytes, 0);
}
