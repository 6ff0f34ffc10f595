import { createHash } from 'node:crypto';
import { AgentServiceService, Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { runService } from '@qloom/service-kit/server/run-service.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { makeStudyResult } from './study-result.ts';

// An agent that plays a study from a script: FAKE_AGENT says how it ends.
const mode = process.env['FAKE_AGENT'] ?? 'finish';
const artifacts = new Map<string, Uint8Array>();

function put(bytes: Uint8Array, mediaType: string): ArtifactRef {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  artifacts.set(sha256, bytes);
  return { sha256, sizeBytes: bytes.length, mediaType };
}

function finished(): Partial<Study> {
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
  const adds = mode !== 'add-nothing';
  const result = { ...makeStudyResult({ helps: adds }), training };
  if (result.synthetic !== undefined) result.synthetic.training = training;
  const json = Buffer.from(JSON.stringify(StudyResult.toJSON(result)));
  const synthetic = 'Z3,X3X4,X3X5,Z0,label\n1,0,1,0,antiphase\n';
  return {
    result: put(json, 'application/json'),
    ...(adds ? { synthetic: put(Buffer.from(synthetic), 'text/csv') } : {}),
  };
}

await runService({
  name: 'agent',
  description: 'Plays a study from a script, for tests.',
  config: {},
  build: () => ({
    services: [
      bindService(AgentServiceService, {
        getCapabilities: async () => ({ capabilities: undefined, space: [] }),
        createStudy: async ({ id }) => {
          if (mode === 'refuse')
            throw new ValidationError([{ field: 'settings.data.label_budget', description: 'too few' }]);
          return { study: Study.fromPartial({ id }) };
        },
        async *watchStudy({ id }, { signal }) {
          const at = (fields: Partial<Study>) => ({
            study: Study.fromPartial({ id, settings: { episodes: 8 }, ...fields }),
            event: undefined,
          });
          yield at({ state: StudyState.SEARCHING, rewarded: 2 });
          if (mode === 'hang') {
            await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
            return;
          }
          const message = mode === 'say-policy' ? process.env['QLOOM_POLICY_TARGET'] : 'every class needs 3 points';
          const fails = mode === 'fail' || mode === 'say-policy' || (mode === 'fail-n41' && id.endsWith('-n41'));
          yield fails
            ? at({ state: StudyState.FAILED, message })
            : at({ state: StudyState.FINISHED, rewarded: 8, ...finished() });
        },
        async *getArtifact({ sha256 }) {
          for (const chunk of encodeBytes(artifacts.get(sha256) ?? new Uint8Array())) yield { chunk };
        },
        putDataset: async () => ({ dataset: undefined, rows: 0, features: 0, classes: 0 }),
        getStudy: async () => ({ study: undefined }),
        listStudies: async () => ({ studies: [] }),
        cancelStudy: async () => ({ study: undefined }),
      }),
    ],
  }),
});
