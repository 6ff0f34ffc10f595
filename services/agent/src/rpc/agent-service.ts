import { AgentServiceService, type GetCapabilitiesResponse } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { decodeSlot } from '@qloom/service-kit/stage/slot-events.ts';
import { encodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { createSourcePointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { createUnlabelledSourceCollector } from '@qloom/study-rpc/codec/unlabelled-points.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { engineFindings } from '@qloom/tfjs/backends/engine-findings.ts';
import type { Training } from '@qloom/tfjs/steps/use-training.ts';
import { storeDataset, storeUnlabelled } from '../study/data/datasets.ts';
import { advertisedSpace, type Peers } from '../study/peers.ts';
import { encodeStudyEvent } from '../study/replay/study-event.ts';
import { MAX_EPISODES } from '../study/settings/complete-settings.ts';
import type { Studies } from '../study/studies.ts';

/** Version of the agent, as capabilities report it. */
export const AGENT_VERSION = '0.1.0';

/** Maximum number of rows of a data set. */
const MAX_ROWS = 1_000_000;

const DATASET_PARTS = [
  ['description', 'once'],
  ['points', 'any'],
  ['unlabelled', 'any'],
] as const;

/** AgentService over the studies of one log. `training` describes how policies are trained. */
export function createAgentService(
  studies: Studies,
  peers: Peers,
  artifacts: ArtifactStore,
  { backend, compiled }: Training,
): ServiceBinding {
  return bindService(AgentServiceService, {
    async getCapabilities(_request, { signal }): Promise<GetCapabilitiesResponse> {
      const space = await advertisedSpace(peers, signal);
      return {
        capabilities: {
          service: 'qloom.agent',
          version: AGENT_VERSION,
          engines: engineFindings(backend, compiled),
          limits: [
            { name: 'episodes', maximum: MAX_EPISODES },
            { name: 'rows', maximum: MAX_ROWS },
          ],
          hyperparameters: [],
        },
        space: space.parameters.map(encodeHyperparameter),
      };
    },
    async putDataset(requests) {
      const labelled = createSourcePointsCollector('points', MAX_ROWS);
      const unlabelled = createUnlabelledSourceCollector('unlabelled', MAX_ROWS);
      const taken = { points: labelled.add, unlabelled: unlabelled.add };
      const { description } = await readParts(requests, DATASET_PARTS, taken);
      if (unlabelled.started && labelled.started) {
        const both = 'came beside points; right would be one of the two';
        throw new ValidationError([{ field: 'unlabelled', description: both }]);
      }
      if (unlabelled.started) {
        const rows = unlabelled.points();
        const dataset = await storeUnlabelled(artifacts, rows, description);
        return { dataset, rows: rows.count, features: rows.features, classes: 0 };
      }
      const points = labelled.points();
      const dataset = await storeDataset(artifacts, points, description);
      return { dataset, rows: points.count, features: points.features, classes: points.classes };
    },
    async createStudy({ id, settings, studyFile }, { signal }) {
      return { study: await studies.create(id, settings, signal, studyFile) };
    },
    async getStudy({ id }) {
      return { study: await studies.get(id) };
    },
    async listStudies() {
      return { studies: await studies.list() };
    },
    async *watchStudy({ id }, { signal }) {
      for await (const { study, event } of studies.watch(id, signal)) {
        yield { study, event: event !== undefined && isEpisodeKey(event.key) ? decodeSlot(event) : undefined };
      }
    },
    async cancelStudy({ id }) {
      return { study: await studies.cancel(id) };
    },
    async *listStudyEvents({ id }) {
      for (const event of await studies.events(id)) yield { event: encodeStudyEvent(event) };
    },
    async *getArtifact({ sha256 }) {
      for (const chunk of encodeBytes(await artifacts.get(sha256))) yield { chunk };
    },
  });
}
