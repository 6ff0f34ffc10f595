import { fileURLToPath } from 'node:url';
import { AgentServiceService, StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { Slot } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { WORKER_STAGES, type WorkerStage } from '@qloom/study/stages.ts';
import { targetVariables } from '@qloom/study-rpc/services.ts';
import { spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { cpuSeconds } from '../harness/cpu-time.ts';
import { residentMegabytes } from '../overhead/services.ts';
import { serveDescriptions } from './described-services.ts';

/** A search to measure. */
export interface SearchSetup {
  /** URL of the log. */
  readonly log: string;
  readonly episodes: number;
  readonly batchSize: number;
  readonly policy: string;
  /** Replicas of each stage, and the time that each needs for an episode. Unit: milliseconds. */
  readonly replicas: Readonly<Record<WorkerStage, number>>;
  readonly waitMs: Readonly<Record<WorkerStage, number>>;
  /** Episodes that warm up, before the time is taken. */
  readonly warmUp: number;
}

/** What a search took. */
export interface SearchCost {
  readonly episodesPerMinute: number;
  /** CPU time of the agent for an episode. Unit: seconds. */
  readonly agentCpu: number;
  /** CPU time of a replica for an episode and stage. Unit: seconds. */
  readonly stageCpu: number;
  /** Payload of the five events of an episode. Unit: bytes. */
  readonly bytes: number;
  /** Resident memory of the agent at the end. Unit: MB. */
  readonly agentMegabytes: number;
}

const STAGE_MAIN = fileURLToPath(new URL('./stage-main.ts', import.meta.url));
const AGENT_MAIN = fileURLToPath(new URL('../../../services/agent/src/main.ts', import.meta.url));

/** Runs the search of a study with a real agent and replicas whose work waits. */
export async function measureSearch(setup: SearchSetup, progress: (text: string) => void): Promise<SearchCost> {
  const folder = await createTempFolder();
  const services = await serveDescriptions();
  const stages = WORKER_STAGES.flatMap((stage) =>
    Array.from({ length: setup.replicas[stage] }, () =>
      spawnMain(STAGE_MAIN, {}, [stage, setup.log, String(setup.waitMs[stage])]),
    ),
  );
  const main = spawnMain(AGENT_MAIN, {
    QLOOM_LISTEN: folder.socket('agent'),
    QLOOM_LOG: setup.log,
    QLOOM_ARTIFACTS: `file://${folder.file('artifacts')}`,
    ...targetVariables(() => services.target),
  });
  const agent = connect(AgentServiceService, folder.socket('agent'));
  const stageCpu = (): number => stages.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  try {
    await Promise.all([main, ...stages].map(({ ready }) => ready));
    const id = `scale-${process.hrtime.bigint()}`;
    await agent.createStudy({ id, settings: settingsOf(setup) });
    let start = { at: performance.now(), agent: 0, stages: 0 };
    let rewarded = 0;
    for await (const { event } of agent.watchStudy({ id }, { deadlineMs: 7_200_000 })) {
      if (event?.slot !== Slot.REWARD) continue;
      rewarded++;
      if (rewarded % 10 === 0) progress(`${rewarded} of ${setup.episodes} episodes`);
      if (rewarded === setup.warmUp) start = { at: performance.now(), agent: cpuSeconds(main.pid), stages: stageCpu() };
      if (rewarded === setup.episodes) break;
    }
    const counted = setup.episodes - setup.warmUp;
    const cost = {
      episodesPerMinute: counted / ((performance.now() - start.at) / 60_000),
      agentCpu: (cpuSeconds(main.pid) - start.agent) / counted,
      stageCpu: (stageCpu() - start.stages) / counted / WORKER_STAGES.length,
      agentMegabytes: residentMegabytes(main.pid),
    };
    await agent.cancelStudy({ id });
    return { ...cost, bytes: await bytesOfEpisode(setup.log, id, setup.episodes) };
  } finally {
    agent.close();
    await Promise.all([main, ...stages].map((each) => each.stop()));
    await services.stop();
    await folder.remove();
  }
}

function settingsOf({ episodes, batchSize, policy }: SearchSetup): StudySettings {
  return StudySettings.fromPartial({
    seed: 1,
    data: {
      source: { $case: 'task', value: { name: 'hidden-manifold', settingsJson: '{"features":10,"manifold":6}' } },
      labelBudget: 20,
      testSize: 30,
    },
    folds: 3,
    qnnSeeds: 2,
    episodes,
    sobolEpisodes: 0,
    batchSize,
    policy,
    evaluation: { draws: 2, rivals: ['noise'], rivalEvaluations: 1 },
  });
}

async function bytesOfEpisode(url: string, study: string, episodes: number): Promise<number> {
  const log = await openEpisodeLog(url, { warn: () => {} });
  try {
    const events = (await log.replay(study)).filter(({ key }) => key.episode !== undefined);
    return events.reduce((sum, { payload }) => sum + payload.byteLength, 0) / episodes;
  } finally {
    await log.close();
  }
}
