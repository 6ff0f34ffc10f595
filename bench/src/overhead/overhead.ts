import { AgentServiceService, StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { Slot } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { STUDY_SERVICE_NAMES } from '@qloom/study-rpc/services.ts';
import { startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { chooseTrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { cpuSeconds } from '../harness/cpu-time.ts';
import { median } from '../harness/percentile.ts';
import { lessIsBetter, type Row } from '../harness/row.ts';
import { episodeInOneProcess, quickstartFolds } from './one-process.ts';
import { startServices } from './services.ts';

/** Episodes of a round, and rounds of each in turn: a machine's speed drifts. */
const EPISODES = 6;
const ROUNDS = 3;
const STEPS = 150;

const settings = StudySettings.fromPartial({
  seed: 1,
  data: {
    source: { $case: 'task', value: { name: 'annni', settingsJson: '{"shots":16}' } },
    labelBudget: 40,
    testSize: 30,
  },
  folds: 3,
  qnnSeeds: 1,
  episodes: EPISODES + 1,
  sobolEpisodes: 0,
  batchSize: EPISODES + 1,
  staleness: 1,
  inFlight: 1,
  policy: 'fixed',
  space: [{ name: 'gan.steps', fixed: { value: { $case: 'integer', value: STEPS } } }],
  evaluation: { draws: 2 },
});

interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Cost of an episode through four services, the log and full tracing. The first episode warms up. */
async function throughServices(progress: (message: string) => void): Promise<Cost> {
  const collector = await startOtlpCollector();
  const services = await startServices(STUDY_SERVICE_NAMES, (folder) => ({
    QLOOM_LOG: `sqlite:${folder.file('log.db')}`,
    QLOOM_ARTIFACTS: `file://${folder.file('artifacts')}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  }));
  const agent = connect(AgentServiceService, services.target('agent'));
  const cpu = () => STUDY_SERVICE_NAMES.reduce((sum, name) => sum + cpuSeconds(services.main(name).pid), 0);
  try {
    await agent.createStudy({ id: 'overhead', settings });
    let start: Cost | undefined;
    let rewarded = 0;
    for await (const { event } of agent.watchStudy({ id: 'overhead' }, { deadlineMs: 3_600_000 })) {
      if (event?.slot !== Slot.REWARD) continue;
      rewarded++;
      progress(`services: episode ${rewarded} of ${EPISODES + 1}`);
      const now = { wall: performance.now() / 1000, cpu: cpu() };
      if (start === undefined) start = now;
      else if (rewarded === EPISODES + 1) {
        return { wall: (now.wall - start.wall) / EPISODES, cpu: (now.cpu - start.cpu) / EPISODES };
      }
    }
    throw new Error('the study ended before its episodes were rewarded');
  } finally {
    agent.close();
    await services.stop();
    await collector.stop();
  }
}

/** Cost of the same work in this process. The first episode warms up. */
async function inOneProcess(progress: (message: string) => void): Promise<Cost> {
  const backend = await useBackend({});
  // As the services choose them.
  const { steps } = chooseTrainingSteps({ backend: backend.name });
  const folds = quickstartFolds(1);
  const hyperparameters = { 'gan.steps': STEPS };
  await episodeInOneProcess(folds, hyperparameters, 0, steps);
  const start = { wall: performance.now() / 1000, cpu: cpuSeconds(process.pid) };
  for (let episode = 1; episode <= EPISODES; episode++) {
    await episodeInOneProcess(folds, hyperparameters, episode, steps);
    progress(`one process: episode ${episode} of ${EPISODES}`);
  }
  return {
    wall: (performance.now() / 1000 - start.wall) / EPISODES,
    cpu: (cpuSeconds(process.pid) - start.cpu) / EPISODES,
  };
}

/** What transport, log and tracing add to an episode, against the same work in one process. */
export async function benchOverhead(progress: (message: string) => void): Promise<Row[]> {
  const alone: Cost[] = [];
  const ours: Cost[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    progress(`round ${round} of ${ROUNDS}`);
    alone.push(await inOneProcess(progress));
    ours.push(await throughServices(progress));
  }
  const typical = (costs: readonly Cost[], of: keyof Cost) => median(costs.map((cost) => cost[of]));
  const row = {
    bench: 'overhead',
    case: `an episode: 3 folds, ${STEPS} GAN steps each, one in flight`,
    unit: 's',
    peer: 'the same work in one process',
  };
  return [
    lessIsBetter({ ...row, metric: 'wall-clock', value: typical(ours, 'wall'), peerValue: typical(alone, 'wall') }),
    lessIsBetter({
      ...row,
      metric: 'CPU time, all processes',
      value: typical(ours, 'cpu'),
      peerValue: typical(alone, 'cpu'),
    }),
  ];
}
