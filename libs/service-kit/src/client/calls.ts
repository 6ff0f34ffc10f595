import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { earliestDeadline } from '../server/deadlines.ts';
import { callKind, type RpcMethod, type ServiceDefinition } from '../server/definition.ts';
import type { CallContext } from '../server/handlers.ts';
import { type MessageReader, readMessages, writeMessage, writeMessages } from './streams.ts';

/** How one call is made. */
export interface OutgoingOptions {
  /** Cancels the call, which then rejects with CANCELLED. */
  readonly signal?: AbortSignal;
  /** Maximum duration. Default: that of the call's kind. Unit: milliseconds. */
  readonly deadlineMs?: number;
  /**
   * The call being served: its cancellation and deadline propagate to this one. (The `parent` option of grpc-js does
   * the same, but it leaves a listener on the parent for every child, which accumulates in a long stream with many
   * children.)
   */
  readonly parent?: Pick<CallContext, 'signal' | 'deadlineMs'>;
  readonly metadata?: Metadata;
}

/** The client's side of a bidirectional stream. */
export interface BidiCall<Request, Response> extends MessageReader<Response> {
  /** Sends one message; resolves when the next one may be sent. */
  send(message: Request): Promise<void>;
  /** Sends everything, as fast as the peer reads. Does not close the sending side. */
  sendAll(messages: AsyncIterable<Request> | Iterable<Request>): Promise<void>;
  /** Closes the sending side. */
  closeSend(): void;
  /** Lock-step: sends one message and waits for one answer. Throws when the peer ends the stream instead. */
  exchange(message: Request): Promise<Response>;
  /** Ends the call on both sides as CANCELLED. */
  cancel(): void;
}

type Cancellable = { cancel(): void };

/** The calls of a definition over `client`: one function for each method. */
export function makeCalls(client: Client, definition: ServiceDefinition): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => [name, MAKE[callKind(method)](client, method)]),
  );
}

type Method = RpcMethod<unknown, unknown>;

const MAKE = {
  unary: (client: Client, m: Method) => (request: unknown, options?: OutgoingOptions) =>
    new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response?: unknown): void => {
        release();
        if (error) reject(error);
        else resolve(response);
      };
      const { metadata, callOptions } = prepare(options);
      const call = client.makeUnaryRequest(
        m.path,
        m.requestSerialize,
        m.responseDeserialize,
        request,
        metadata,
        callOptions,
        done,
      );
      const release = cancelWith(call, options);
    }),

  'client-stream':
    (client: Client, m: Method) => (requests: AsyncIterable<unknown> | Iterable<unknown>, options?: OutgoingOptions) =>
      new Promise((resolve, reject) => {
        const { metadata, callOptions } = prepare(options);
        const ended = new AbortController();
        const call = client.makeClientStreamRequest(
          m.path,
          m.requestSerialize,
          m.responseDeserialize,
          metadata,
          callOptions,
          (error: ServiceError | null, response?: unknown) => {
            release();
            ended.abort(error);
            if (error) reject(error);
            else resolve(response);
          },
        );
        const release = cancelWith(call, options);
        call.on('error', () => {});
        writeMessages(call, requests, ended.signal).then(
          () => call.end(),
          (error) => {
            // The messages to send failed, not the call: end it with that error rather than CANCELLED.
            if (!ended.signal.aborted) {
              reject(error);
              call.cancel();
            }
          },
        );
      }),

  'server-stream': (client: Client, m: Method) => (request: unknown, options?: OutgoingOptions) => {
    const { metadata, callOptions } = prepare(options);
    const call = client.makeServerStreamRequest(
      m.path,
      m.requestSerialize,
      m.responseDeserialize,
      request,
      metadata,
      callOptions,
    );
    return readerOf(call, options);
  },

  bidi: (client: Client, m: Method) => (options?: OutgoingOptions) => {
    const { metadata, callOptions } = prepare(options);
    const call = client.makeBidiStreamRequest(m.path, m.requestSerialize, m.responseDeserialize, metadata, callOptions);
    return bidiOf(call, options);
  },
};

function readerOf<T>(call: ClientReadableStream<T>, options: OutgoingOptions | undefined): MessageReader<T> {
  const release = cancelWith(call, options);
  call.on('status', release);
  return readMessages<T>(call, { onLeave: () => call.cancel() });
}

function bidiOf(
  call: ClientDuplexStream<unknown, unknown>,
  options: OutgoingOptions | undefined,
): BidiCall<unknown, unknown> {
  const ended = new AbortController();
  const release = cancelWith(call, options);
  call.on('error', (error: ServiceError) => ended.abort(error));
  call.on('status', () => {
    release();
    if (!ended.signal.aborted) ended.abort(new Error('the peer has ended the stream'));
  });
  const reader = readMessages<unknown>(call, { onLeave: () => call.cancel() });
  return {
    ...reader,
    [Symbol.asyncIterator]() {
      return this;
    },
    send: async (message) => writeMessage(call, message, ended.signal),
    sendAll: (messages) => writeMessages(call, messages, ended.signal),
    closeSend: () => void call.end(),
    async exchange(message) {
      // The answer (or the status) is more specific than a failed write, and its arrival implies that there is room
      // again.
      writeMessage(call, message, ended.signal)?.catch(() => {});
      const answer = await reader.receive();
      if (answer === undefined) throw new Error('the peer ended the stream instead of answering');
      return answer;
    },
    cancel: () => call.cancel(),
  };
}

function prepare(options: OutgoingOptions | undefined): { metadata: Metadata; callOptions: CallOptions } {
  const deadline = earliestDeadline(options?.deadlineMs, options?.parent?.deadlineMs);
  return {
    metadata: options?.metadata ?? new Metadata(),
    callOptions: deadline === undefined ? {} : { deadline },
  };
}

/** Cancels `call` when a signal of `options` aborts; returns a function that removes the listeners. */
function cancelWith(call: Cancellable, options: OutgoingOptions | undefined): () => void {
  const signals = [options?.signal, options?.parent?.signal].filter((signal) => signal !== undefined);
  const cancel = (): void => call.cancel();
  for (const signal of signals) {
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  }
  return () => {
    for (const signal of signals) signal.removeEventListener('abort', cancel);
  };
}
