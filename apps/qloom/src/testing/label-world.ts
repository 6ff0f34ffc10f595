import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import {
  type CampaignPoint,
  CampaignRecord,
  CampaignServiceService,
  CampaignSettings,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { ExperimentServiceService } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { JobOutcome, JournalEvent } from '@qloom/contracts/gen/qloom/experiment/v1/journal.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { putUnlabelled } from '../run/source-files.ts';
import { startLocalServices } from '../supervisor/local-services.ts';

/** What the log has of a campaign. */
export interface LoggedCampaign {
  /** Points in the order in which they were handed out; one that was handed out twice is there twice. */
  readonly asked: readonly number[];
  /** Jobs that were submitted, as `run planned`. */
  readonly jobs: readonly string[];
  readonly shots: number;
  readonly cost: number;
}

/** The services that label, as programs on one log, and clients of them. */
export type LabelWorld = Awaited<ReturnType<typeof startLabelWorld>>;

/** Starts agent, simulator of QNNs and experiment service; `backends` is the text of a file of backends. */
export async function startLabelWorld(backends: string, files: Readonly<Record<string, string>> = {}) {
  const folder = await createTempFolder();
  for (const [name, text] of Object.entries({ ...files, 'backends.yaml': backends })) {
    writeFileSync(folder.file(name), text);
  }
  mkdirSync(folder.file('artifacts'));
  const log = `sqlite://${folder.file('log.db')}`;
  const services = startLocalServices({
    ...{ logFolder: folder.file('logs'), log, artifacts: pathToFileURL(folder.file('artifacts')).href },
    ...{ services: ['agent', 'qnn-sim', 'experiment'], backends: folder.file('backends.yaml') },
  });
  try {
    await services.started;
  } catch (error) {
    await services.stop();
    throw error;
  }
  const { targets } = services;
  const agent = connect(AgentServiceService, targets.agent);
  const campaigns = connect(CampaignServiceService, targets.agent);
  const remote = connect(ExperimentServiceService, targets.experiment);
  const { signal } = new AbortController();
  const random = createRandom('pool');
  const x = Float64Array.from({ length: 2 * 24 }, () => 3 * random.uniform());
  const pool = await putUnlabelled(agent, { count: 24, features: 2, x, featureNames: ['a', 'b'] }, { signal });
  const episodeLog = await openEpisodeLog(log);
  return {
    ...{ folder, targets, agent, campaigns, remote },
    /** Creates a campaign with a small QNN. */
    async create(id: string, settings: Partial<CampaignSettings>): Promise<void> {
      const small = { qubits: 2, layers: 1, steps: 2, batchSize: 4 };
      const classNames = ['up', 'down'];
      await campaigns.createCampaign({
        id,
        settings: CampaignSettings.fromPartial({
          ...{ seed: 1, pool, classNames, batch: 2, qnn: small, synthesis: 'none' },
          ...settings,
        }),
      });
    },
    async points(id: string): Promise<CampaignPoint[]> {
      const points: CampaignPoint[] = [];
      for await (const { point } of campaigns.listPoints({ id })) if (point !== undefined) points.push(point);
      return points;
    },
    async logged(id: string): Promise<LoggedCampaign> {
      const events = await episodeLog.replay(id);
      const journal = events.flatMap(({ key, payload }) =>
        key.slot.startsWith('experiment-') ? [JournalEvent.decode(payload).event] : [],
      );
      const asked = events.flatMap(({ key, payload }) => {
        if (!key.slot.startsWith('labels-')) return [];
        const { record } = CampaignRecord.decode(payload);
        return record?.$case === 'asked' ? record.value.rows : [];
      });
      const ends = journal.flatMap((event) => (event?.$case === 'ended' ? [event.value] : []));
      if (ends.some(({ outcome }) => outcome !== JobOutcome.COMPLETED)) throw new Error(`${id}: a job failed`);
      return {
        asked,
        jobs: journal.flatMap((event) =>
          event?.$case === 'intent' ? [`${event.value.run} ${event.value.planned}`] : [],
        ),
        shots: ends.reduce((sum, { shots }) => sum + Number(shots), 0),
        cost: ends.reduce((sum, { cost }) => sum + cost, 0),
      };
    },
    async stop(): Promise<void> {
      for (const client of [agent, campaigns, remote]) client.close();
      await episodeLog.close();
      await services.stop();
      await folder.remove();
    },
  };
}
