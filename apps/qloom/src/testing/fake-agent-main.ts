import { createHash } from 'node:crypto';
import { AgentServiceService, Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { runService } from '@qloom/service-kit/server/run-service.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { finishedStudy } from './finished-study.ts';

// An agent that plays a study from a script: FAKE_AGENT says how it ends.
const mode = process.env['FAKE_AGENT'] ?? 'finish';
const artifacts = new Map<string, Uint8Array>();

function put(bytes: Uint8Array, mediaType: string): ArtifactRef {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  artifacts.set(sha256, bytes);
  return { sha256, sizeBytes: bytes.length, mediaType };
}

function finished(): Partial<Study> {
  return finishedStudy(put, { adds: mode !== 'add-nothing' });
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
        async *listStudyEvents() {},
        cancelStudy: async () => ({ study: undefined }),
      }),
    ],
  }),
});
