import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';

/** Sends the bearer token that `token` returns with every call. */
export function tokenInterceptor(token: () => string): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        metadata.set('authorization', `Bearer ${token()}`);
        next(metadata, listener);
      },
    });
}
