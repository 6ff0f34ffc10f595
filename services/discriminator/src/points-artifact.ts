import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { DomainError } from '@qloom/service-kit/errors.ts';

/**
 * The messages of an artifact of type `application/x-qloom-points`: LabelledPoints, each behind its length as a varint. Throws
 * DomainError (`data-loss`) where the bytes end too early.
 */
export function* pointsMessages(bytes: Uint8Array, name: string): Generator<LabelledPoints> {
  let at = 0;
  while (at < bytes.length) {
    let length = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at === bytes.length) throw new DomainError('data-loss', `${name}: the artifact ends inside a length`);
      const byte = bytes[at++];
      length += (byte & 127) * scale;
      if (byte < 128) break;
    }
    if (at + length > bytes.length) throw new DomainError('data-loss', `${name}: the artifact ends inside a message`);
    yield LabelledPoints.decode(bytes.subarray(at, at + length));
    at += length;
  }
}
