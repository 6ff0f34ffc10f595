import { type ChannelInterface, connectivityState, InterceptingCall, type Interceptor, status } from '@grpc/grpc-js';

/**
 * Fails a call as UNAVAILABLE when the channel still has no connection after `timeoutMs`. grpc-js itself waits until
 * the call's deadline when a peer accepts TCP and never answers over HTTP/2: an hour for the stream of a fit. (A
 * connection that becomes unresponsive later is detected by HTTP/2 pings.)
 */
export function connectInterceptor(channel: () => ChannelInterface, target: string, timeoutMs: number): Interceptor {
  return (options, nextCall) => {
    const isReady = (): boolean => channel().getConnectivityState(false) === connectivityState.READY;
    if (isReady()) return new InterceptingCall(nextCall(options));
    const call = new InterceptingCall(nextCall(options), {
      start(metadata, _listener, next) {
        const timer = setTimeout(() => {
          if (!isReady())
            call.cancelWithStatus(status.UNAVAILABLE, `no connection to ${target} within ${timeoutMs} ms`);
        }, timeoutMs);
        next(metadata, {
          onReceiveMessage(message, forward) {
            clearTimeout(timer);
            forward(message);
          },
          onReceiveStatus(callStatus, forward) {
            clearTimeout(timer);
            forward(callStatus);
          },
        });
      },
    });
    return call;
  };
}
