import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { callKind } from './definition.ts';

/** Every open stream of a server, so that a drain can end them all, health watches and reflection included. */
export interface StreamRegistry {
  readonly interceptor: ServerInterceptor;
  /** Ends every open stream with UNAVAILABLE, so that its client retries elsewhere. Unary calls may finish. */
  endAll(details: string): void;
  /** Number of open streams. */
  readonly size: number;
}

/** Creates a registry. Its interceptor must be the innermost one, so that the others see the status it sends. */
export function createStreamRegistry(): StreamRegistry {
  const open = new Set<ServerInterceptingCallInterface>();
  return {
    interceptor: (method, call) => {
      if (callKind(method) === 'unary') return new ServerInterceptingCall(call);
      return new ServerInterceptingCall(call, {
        start(next) {
          open.add(call);
          next({ onCancel: () => void open.delete(call) });
        },
        sendStatus(callStatus, next) {
          open.delete(call);
          next(callStatus);
        },
      });
    },
    endAll(details) {
      for (const call of open) call.sendStatus({ code: status.UNAVAILABLE, details });
      open.clear();
    },
    get size() {
      return open.size;
    },
  };
}
