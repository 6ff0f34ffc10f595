import {
  type Answer,
  type CampaignPoint,
  CampaignServiceService,
  CampaignSettings,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import type { TempFolder } from '@qloom/testing/temp-folder.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { createCampaignService } from '../rpc/campaign-service.ts';
import { createCampaigns } from '../study/campaign/campaigns.ts';
import { storeUnlabelled } from '../study/data/datasets.ts';
import { connectPeers } from '../study/peers.ts';
import type { StandIns } from './world.ts';

/** Points in the pool: two clusters on a line, at −2 and 2. */
export const POOL = 40;

/** An agent for campaigns. */
export interface CampaignAgent {
  readonly campaigns: Remote<typeof CampaignServiceService>;
  readonly settings: CampaignSettings;
  readonly artifacts: ArtifactStore;
  stop(): Promise<void>;
}

/** Where the log of a test's agents is, and the services that they call. */
export interface CampaignPlace {
  readonly folder: TempFolder;
  readonly targets: StandIns['targets'];
}

/** One agent over the log in `folder`, by a clock that stands. */
export async function startCampaignAgent(
  { folder, targets }: CampaignPlace,
  nowMs = Date.now(),
): Promise<CampaignAgent> {
  const episodeLog = await openEpisodeLog(`sqlite://${folder.file('log.db')}`);
  const artifacts = await openArtifactStore(`file://${folder.file('artifacts')}`);
  const peers = connectPeers(connect, targets);
  const server = await startTestServer(
    createCampaignService(createCampaigns({ episodeLog, artifacts, peers, clock: { now: () => nowMs } })),
  );
  const campaigns = connect(CampaignServiceService, server.target);
  const random = createRandom(1);
  const x = Float64Array.from({ length: POOL }, (_, i) => (i % 2 === 0 ? -2 : 2) + 0.5 * random.normal());
  const description = DataDescription.fromPartial({ featureNames: ['field'] });
  const pool = await storeUnlabelled(artifacts, { count: POOL, features: 1, x }, description);
  return {
    campaigns,
    artifacts,
    settings: CampaignSettings.fromPartial({ seed: 3, pool, classNames: ['low', 'high'], budget: 12 }),
    async stop() {
      campaigns.close();
      await server.stop();
      peers.close();
      await episodeLog.close();
    },
  };
}

/** Runs `work` with an agent that is started for it, as where none runs between two calls. */
export async function withCampaignAgent<T>(
  place: CampaignPlace,
  work: (agent: CampaignAgent) => Promise<T>,
  nowMs?: number,
): Promise<T> {
  const agent = await startCampaignAgent(place, nowMs);
  try {
    return await work(agent);
  } finally {
    await agent.stop();
  }
}

/** An answer with a label. */
export const labelled = (point: string, label: string, rest: Partial<Answer> = {}): Answer => ({
  point,
  outcome: { $case: 'label', value: label },
  correction: false,
  provenance: undefined,
  ...rest,
});
/** The class of a point. */
export const truth = (features: readonly number[]) => (features[0] < 0 ? 'low' : 'high');

/** Every point that was handed out. */
export async function handedPoints({ campaigns }: CampaignAgent): Promise<CampaignPoint[]> {
  const points: CampaignPoint[] = [];
  for await (const { point } of campaigns.listPoints({ id: 'phases' })) points.push(point!);
  return points;
}
