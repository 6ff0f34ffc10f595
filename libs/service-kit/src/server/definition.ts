import type { MethodDefinition } from '@grpc/grpc-js';

/** A method as ts-proto generates it. */
export interface RpcMethod<Request, Response> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly requestDeserialize: (value: Buffer) => Request;
  readonly responseSerialize: (value: Response) => Buffer;
  readonly responseDeserialize: (value: Buffer) => Response;
}

/** A service as ts-proto generates it: `GeneratorServiceService` and its like. Method names are in camelCase. */
// biome-ignore lint/suspicious/noExplicitAny: method types vary in and out; only `any` is assignable both ways.
export type ServiceDefinition = Readonly<Record<string, RpcMethod<any, any>>>;

/** The message that a method takes. */
export type RequestOf<M> = M extends { readonly requestDeserialize: (value: Buffer) => infer T } ? T : never;
/** The message that a method answers with. */
export type ResponseOf<M> = M extends { readonly responseDeserialize: (value: Buffer) => infer T } ? T : never;

/** The four shapes of a call. */
export type CallKind = 'unary' | 'client-stream' | 'server-stream' | 'bidi';

/** Which of the four shapes a method has. */
export function callKind(
  method: Pick<MethodDefinition<unknown, unknown>, 'requestStream' | 'responseStream'>,
): CallKind {
  if (method.requestStream) return method.responseStream ? 'bidi' : 'client-stream';
  return method.responseStream ? 'server-stream' : 'unary';
}

/** `qloom.generator.v1.GeneratorService` of a definition. */
export function serviceName(definition: ServiceDefinition): string {
  const [method] = Object.values(definition);
  return method.path.split('/')[1];
}
