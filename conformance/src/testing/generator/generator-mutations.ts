import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { all, changing, type Message, type Mutation, mapFloats, part } from '../mutation.ts';

/** Changes the features of a part with points. */
export const ofX = ($case: string, change: (tensor: Message) => Message) => (message: Message) =>
  part(message, $case, (points) => ({ ...points, x: change(points.x) }));
/** Fits that read their training points in another way. */
export const reads = (change: (tensor: Message) => Message) => changing('fit', { request: ofX('training', change) });
/** Samples that are sent in another way. */
export const sends = (change: (tensor: Message) => Message) => changing('sample', { response: ofX('points', change) });
/** Adds a number to each element. */
export const moved = (by: number) => (tensor: Message) => mapFloats(tensor, (x) => x.map((value) => value + by));
/** Samples that are moved by a number of the call's settings. */
export const moving = (by: (settings: Message) => number): Mutation =>
  changing('sample', {
    request(message, call) {
      if (message.part?.$case === 'settings') call.by = by(message.part.value);
      return message;
    },
    response: (message, call) => ofX('points', moved(call.by))(message),
  });
/** A model that depends on the identity of its fit. */
export const ofIdentity = (number: (identity: Message) => number): Mutation =>
  changing('fit', {
    request(message, call) {
      if (message.part?.$case === 'settings') call.by = 1e-3 * number(message.part.value.identity);
      return ofX('training', moved(call.by))(message);
    },
  });
/** Calls with other settings: those that `change` returns replace the given ones. */
export const settings = (method: string, change: (settings: Message) => Message): Mutation =>
  changing(method, { request: (message) => part(message, 'settings', (given) => ({ ...given, ...change(given) })) });
/** Changes the bytes of a part that is one chunk: a model, a checkpoint. */
export const bytesOf = ($case: string, change: (bytes: Buffer) => Buffer) => (message: Message) => {
  if (message.part?.$case !== $case) return message;
  const { step, chunk = message.part.value } = message.part.value;
  return [...encodeBytes(change(Buffer.from(chunk.data)))].map((value) => ({
    part: { $case, value: step === undefined || $case === 'model' ? value : { step, chunk: value } },
  }));
};
/** Bytes that are kept in the process, and sent as a handle. */
export const handles =
  (sent: [string, string], received: [string, string]): Mutation =>
  (right, instance) => {
    const kept = new Map<string, Buffer>();
    const keep = (bytes: Buffer) => {
      const handle = `{"handle":"${kept.size}"}`;
      kept.set(handle, bytes);
      return Buffer.from(handle);
    };
    const take = (bytes: Buffer) => kept.get(bytes.toString()) ?? bytes;
    return all(
      changing(sent[0], { response: bytesOf(sent[1], keep) }),
      changing(received[0], { request: bytesOf(received[1], take) }),
    )(right, instance);
  };
