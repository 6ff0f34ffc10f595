import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/datasets/points.ts';
import { DomainError } from '@qloom/service-kit/errors.ts';
import { createPointsCollector } from '@qloom/service-kit/wire-points.ts';

/**
 * Reads an artifact of type `application/x-qloom-points`: LabelledPoints messages, each behind its length as a varint. Throws
 * DomainError (`data-loss`) where the bytes end too early.
 */
export function decodePointsArtifact(bytes: Uint8Array, name: string): Points {
  const collector = createPointsCollector(name);
  let at = 0;
  while (at < bytes.length) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      if (at === bytes.length) throw new DomainError('data-loss', `${name}: the artifact ends inside a length`);
      const byte = bytes[at++];
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (at + length > bytes.length) throw new DomainError('data-loss', `${name}: the artifact ends inside a message`);
    collector.add(LabelledPoints.decode(bytes.subarray(at, at + length)));
    at += length;
  }
  return collector.points();
}
