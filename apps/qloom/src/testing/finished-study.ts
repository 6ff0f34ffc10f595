import type { Study } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { makeStudyResult } from './study-result.ts';

/** The references of a made-up study that has finished, with or without points added; `put` stores an artifact. */
export function finishedStudy(
  put: (bytes: Uint8Array, mediaType: string) => ArtifactRef,
  { adds = true }: { readonly adds?: boolean } = {},
): Pick<Study, 'result' | 'synthetic'> {
  const points = {
    count: 2,
    features: 4,
    classes: 3,
    x: Float32Array.of(1, 0, 1, 0, 0.5, -1, 0, 1),
    y: Int32Array.of(0, 2),
  };
  const message = LabelledPoints.encode([...encodePoints(points)][0]).finish();
  // Below 128 bytes the length is a varint of one byte.
  const training = put(Buffer.from([message.length, ...message]), 'application/x-qloom-points');
  const result = { ...makeStudyResult({ helps: adds }), training };
  if (result.synthetic !== undefined) {
    result.synthetic.training = training;
    result.synthetic.model = put(Buffer.from('a model'), 'application/x-qloom-model');
  }
  const json = Buffer.from(JSON.stringify(StudyResult.toJSON(result)));
  const synthetic = 'Z3,X3X4,X3X5,Z0,label\n1,0,1,0,antiphase\n';
  return {
    result: put(json, 'application/json'),
    ...(adds ? { synthetic: put(Buffer.from(synthetic), 'text/csv') } : {}),
  };
}
