import { type ChannelInterface, connectivityState, InterceptingCall, type Interceptor, status } from '@grpc/grpc-js';

/**
 * Fails a call as UNAVAILABLE when the channel still has no connection after `timeoutMs`. grpc-js itself waits as long
 * as the call's deadline when a peer accepts TCP and never speaks HTTP/2, which for a fit's stream would be an hour.
 * (A connection that falls silent later is found by HTTP/2 pings.)
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
