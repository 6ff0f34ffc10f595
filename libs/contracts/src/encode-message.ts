import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** What ts-proto generates for a message, as far as it is needed to write one. */
interface MessageEncoder<T> {
  encode(message: T, writer: BinaryWriter): BinaryWriter;
}

/** The writer's state, which its type keeps to itself; the version is pinned. */
interface WriterState {
  buffer: Uint8Array;
  pos: number;
}

/** A writer whose buffer has grown beyond this is not kept. Unit: bytes. */
const MOST_KEPT = 2 * 1024 * 1024;

let writer = new BinaryWriter();

/**
 * The bytes of a message. One writer serves all, since it keeps the buffer that it has grown: a fresh one allocates and copies
 * seven times on the way to four kilobytes, which an exchange of tensors in lock-step feels.
 *
 * Throws what ts-proto throws for a number that its field cannot hold.
 */
export function encodeMessage<T>(type: MessageEncoder<T>, message: T): Buffer {
  const mine = writer as unknown as WriterState;
  try {
    type.encode(message, writer);
    const bytes = Buffer.allocUnsafe(mine.pos);
    bytes.set(mine.buffer.subarray(0, mine.pos));
    mine.pos = 0;
    if (mine.buffer.length > MOST_KEPT) writer = new BinaryWriter();
    return bytes;
  } catch (error) {
    // Half a message is in it.
    writer = new BinaryWriter();
    throw error;
  }
}
