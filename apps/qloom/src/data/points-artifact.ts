import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/datasets/points.ts';
import { createPointsCollector } from '@qloom/service-kit/wire-points.ts';
import { CommandError } from '../command/errors.ts';

/**
 * The rows of an artifact of type `application/x-qloom-points`: LabelledPoints messages, each behind its length (a
 * varint). Throws `CommandError` where the bytes end too early.
 */
export function decodePointsArtifact(bytes: Uint8Array): Points {
  const collector = createPointsCollector('artifact');
  let at = 0;
  while (at < bytes.length) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new CommandError('points: the artifact ends inside a length');
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (at + length > bytes.length) throw new CommandError('points: the artifact ends inside a message');
    collector.add(LabelledPoints.decode(bytes.subarray(at, at + length)));
    at += length;
  }
  return collector.points();
}
