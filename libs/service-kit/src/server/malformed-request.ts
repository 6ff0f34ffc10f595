import { BinaryReader } from '@bufbuild/protobuf/wire';
import {
  Server,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { requestTypeOf } from './contract-descriptors.ts';
import type { RpcMethod } from './definition.ts';

/** Placeholder for a request that could not be decoded. */
class MalformedRequest {
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

/**
 * A server that treats bytes that are no message of the method's type as an error of the caller. grpc-js answers them
 * with INTERNAL, as if the service were broken, and bypasses the interceptors, so that no span or metric records the
 * call. Here they reach {@link malformedRequestInterceptor}. Applies to every service, health and reflection included.
 */
export class CheckedServer extends Server {
  override addService(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
    const checked = Object.entries(service).map(([name, method]) => {
      const requestDeserialize = (bytes: Buffer): unknown => {
        try {
          checkFields(bytes);
          return method.requestDeserialize(bytes);
        } catch (error) {
          return new MalformedRequest(error instanceof Error ? error.message : String(error));
        }
      };
      return [name, { ...method, requestDeserialize }] as const;
    });
    super.addService(Object.fromEntries(checked), implementation);
  }
}

/** Ends a call with INVALID_ARGUMENT when a request of it is malformed; its handler is cancelled, or never called. */
export function malformedRequestInterceptor(): ServerInterceptor {
  return (method, call) => {
    let refused = false;
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMessage(message, forward) {
            if (!(message instanceof MalformedRequest)) return forward(message);
            refused = true;
            const type = requestTypeOf(method.path) ?? `the request of ${method.path.slice(1)}`;
            const details = `${message.problem}; right would be a protobuf message of the type ${type}`;
            call.sendStatus({ code: status.INVALID_ARGUMENT, details });
          },
          onReceiveHalfClose(forward) {
            if (!refused) forward();
          },
        });
      },
    });
  };
}

/** Throws unless every byte belongs to a field. Generated code takes a zero byte for the end, or reads past it. */
function checkFields(bytes: Buffer): void {
  const fields = new BinaryReader(bytes);
  while (fields.pos < fields.len) {
    const [number, wireType] = fields.tag();
    fields.skip(wireType, number);
  }
}

/**
 * Decodes a request as the protobuf specification requires: throws where text is not UTF-8. The generated code would
 * put U+FFFD in its place.
 */
export function decodeRequest<Request>(method: RpcMethod<Request, unknown>, bytes: Buffer): Request {
  // The generated `decode` takes a reader as well as bytes.
  return method.requestDeserialize(new BinaryReader(bytes, decodeUtf8) as unknown as Buffer);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}
