import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { isAccepted } from '../tls/tokens.ts';

/** Probes of an orchestrator cannot send a token, and learn nothing but that the service is up. */
const OPEN = /^\/grpc\.health\./;

const RIGHT =
  'right would be the metadata "authorization: Bearer <token>" with a token of this server\'s QLOOM_TOKEN_FILE';

/**
 * Ends calls as UNAUTHENTICATED unless they send a token that is accepted; the handler never sees them. Applies to every
 * service but health, reflection included. `accepted` returns the digests of the tokens.
 */
export function requireToken(accepted: () => readonly Buffer[]): ServerInterceptor {
  return (method, call) => {
    if (OPEN.test(method.path)) return new ServerInterceptingCall(call);
    let refused = false;
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, forward) {
            const problem = problemOf(metadata, accepted());
            if (problem === undefined) return forward(metadata);
            refused = true;
            call.sendStatus({ code: status.UNAUTHENTICATED, details: `${problem}; ${RIGHT}` });
          },
          onReceiveMessage(message, forward) {
            if (!refused) forward(message);
          },
          onReceiveHalfClose(forward) {
            if (!refused) forward();
          },
        });
      },
    });
  };
}

function problemOf(metadata: Metadata, accepted: readonly Buffer[]): string | undefined {
  const [given] = metadata.get('authorization');
  if (given === undefined) return 'the call has no token';
  const token = /^Bearer +(\S+)$/i.exec(String(given))?.[1];
  if (token === undefined) return 'the authorization of the call is no bearer token';
  return isAccepted(token, accepted) ? undefined : 'the token is not one that this server accepts';
}
