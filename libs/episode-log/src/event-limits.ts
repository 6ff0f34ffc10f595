import { quoted } from '@qloom/tensor/quoted.ts';
import { InvalidKeyError } from './errors.ts';

/** The largest payload of one event, in bytes. Events carry facts and references; tensors are artifacts. */
const MAX_PAYLOAD_BYTES = 256 * 1024;

const HEADER_NAME = /^(?!nats-)[a-z0-9][a-z0-9_.-]*$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;

/** Throws `InvalidKeyError` unless a payload and its headers fit into every adapter. */
export function assertContent(payload: Uint8Array, headers: Readonly<Record<string, string>>): void {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new InvalidKeyError(
      `payload: ${payload.length} bytes are above the maximum ${MAX_PAYLOAD_BYTES}; store an artifact and refer to it`,
    );
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) {
      throw new InvalidKeyError(
        `header: ${quoted(name)} is not lower-case letters, digits, "_", "." or "-", or it begins with "nats-"`,
      );
    }
    if (!HEADER_VALUE.test(value)) {
      throw new InvalidKeyError(`header ${name}: ${quoted(value)} is not printable ASCII on one line`);
    }
  }
}
