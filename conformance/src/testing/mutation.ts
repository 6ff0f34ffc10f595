import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { callKind } from '@qloom/service-kit/server/definition.ts';
import type { CallContext, ServiceBinding } from '@qloom/service-kit/server/handlers.ts';

/**
 * Makes a right implementation wrong. Called once for each instance, with its number, so that variables inside are those of a
 * process.
 */
export type Mutation = (right: ServiceBinding, instance: number) => ServiceBinding;

/** A wrong implementation, and the check that has to find it. */
export interface WrongImplementation {
  /** What is wrong with it. */
  readonly fault: string;
  readonly mutation: Mutation;
  /** Name of the check that fails, and a part of what it says. */
  readonly found: readonly [check: string, says: RegExp];
}

/** A message of any method, or a part of one. */
// biome-ignore lint/suspicious/noExplicitAny: a mutation may do to a message what its type forbids.
export type Message = any;

/** A change of the messages of a method. Returning undefined drops a message; an array replaces it by several. */
export interface MessageChange {
  /** Changes a request; `call` is an object of this call's own. */
  request?(message: Message, call: Record<string, Message>): Message;
  /** Messages at the end of the requests. */
  end?(call: Record<string, Message>): Message;
  /** Changes a response. */
  response?(message: Message, call: Record<string, Message>): Message;
}

/** The implementation with the messages of one method changed. */
export function changing(method: string, change: MessageChange): Mutation {
  const { request = same, response = same, end = () => undefined } = change;
  return (right, instance) =>
    replacing(method, (handler, kind) => (requests, context) => {
      const call: Record<string, Message> = {};
      const sent = kind.requests
        ? mapped(
            requests,
            (message) => request(message, call),
            () => end(call),
          )
        : request(requests, call);
      const answer = handler(sent, context);
      if (!kind.responses) return Promise.resolve(answer).then((message) => response(message, call));
      return each(answer, (message) => response(message, call));
    })(right, instance);
}

type Handler = (requests: Message, context: CallContext) => Message;

/** The implementation with another handler of one method; `kind` says whether requests and responses are streams. */
export function replacing(
  method: string,
  replace: (handler: Handler, kind: { readonly requests: boolean; readonly responses: boolean }) => Handler,
): Mutation {
  return ({ definition, handlers }) => {
    const kind = callKind(definition[method]);
    const streams = {
      requests: kind === 'bidi' || kind === 'client-stream',
      responses: kind === 'bidi' || kind === 'server-stream',
    };
    return { definition, handlers: { ...handlers, [method]: replace(handlers[method], streams) } };
  };
}

/** The implementation with several mutations. */
export function all(...mutations: readonly Mutation[]): Mutation {
  return (right, instance) => mutations.reduce((service, mutation) => mutation(service, instance), right);
}

const same = (message: Message) => message;
const listOf = (message: Message): Message[] =>
  message === undefined ? [] : Array.isArray(message) ? message : [message];

async function* each(messages: AsyncIterable<Message>, change: (message: Message) => Message): AsyncGenerator<Message> {
  for await (const message of messages) yield* listOf(change(message));
}

function mapped(
  reader: MessageReader<Message>,
  change: (message: Message) => Message,
  end: () => Message,
): MessageReader<Message> {
  const waiting: Message[] = [];
  let ended = false;
  const receive = async (): Promise<Message> => {
    for (;;) {
      if (waiting.length > 0) return waiting.shift();
      if (ended) return undefined;
      const message = await reader.receive();
      ended = message === undefined;
      waiting.push(...listOf(ended ? end() : change(message)));
    }
  };
  return {
    receive,
    async next() {
      const value = await receive();
      return value === undefined ? { done: true, value: undefined } : { done: false, value };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The message with its part changed, if it is the part `$case`. */
export function part(message: Message, $case: string, change: (value: Message) => Message): Message {
  return message.part?.$case === $case ? { part: { $case, value: change(message.part.value) } } : message;
}

/** Numbers from a tensor's bytes and back, for changes of values. */
export function mapFloats(tensor: Message, change: (values: Float32Array) => Float32Array): Message {
  const values = new Float32Array(new Uint8Array(tensor.data).buffer);
  return { ...tensor, data: Buffer.from(change(values).buffer) };
}

/** The tensor with the bytes of each element in reverse order: big-endian. */
export function bigEndian(tensor: Message, bytes = 4): Message {
  const data = Buffer.from(tensor.data);
  return { ...tensor, data: bytes === 4 ? data.swap32() : data.swap64() };
}

/** The tensor with its elements in column-major order. */
export function columnMajor(tensor: Message): Message {
  const [rows, columns] = tensor.shape;
  return mapFloats(tensor, (values) => values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]));
}

/** The inverse of {@link columnMajor}: what a reader of column-major data sees. */
export function readColumnMajor(tensor: Message): Message {
  const [rows, columns] = tensor.shape;
  return mapFloats(tensor, (values) => values.map((_, i) => values[(i % columns) * rows + Math.floor(i / columns)]));
}
