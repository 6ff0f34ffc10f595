import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { soak } from '@qloom/testing/episode-log/soak.ts';
import { startNatsServer } from '@qloom/testing/nats-server.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import type { Bench, Progress } from '../harness/bench.ts';
import { checkKeys, select } from '../harness/only.ts';
import { lessIsBetter, moreIsBetter, type Row } from '../harness/row.ts';
import { residentMegabytes } from '../overhead/services.ts';
import { measureSearch, type SearchSetup } from './measure-search.ts';

const PARTS = ['replicas', 'agent', 'soak'] as const;
const LOGS = ['sqlite', 'nats'] as const;

/** A week, which the clock of SQLite goes through in the waves of the soak: one for every ten minutes. */
const WEEK_MS = 7 * 86_400_000;
const WAVES = 1_008;

/** Two replicas of each service beside one, the agent's cost by the length of the study, and a soak of the log. */
export const scaleBench: Bench = {
  description: 'episodes a minute by replicas whose work waits, costs of the agent and of the log',
  options: `part: ${PARTS.join(', ')}; log: ${LOGS.join(', ')}; --full: 10,000 queued episodes, 100 workers and a week`,
  parts({ only }) {
    checkKeys(only, ['part', 'log']);
    return select(only, 'part', PARTS).flatMap((part) => select(only, 'log', LOGS).map((log) => `${part} ${log}`));
  },
  async *run(progress, { full }, wanted) {
    const measure = { replicas: benchReplicas, agent: benchAgent, soak: benchSoak };
    for (const part of PARTS) {
      for (const log of LOGS) {
        const name = `${part} ${log}`;
        if (wanted.has(name)) {
          progress(name);
          yield { parts: [name], rows: await withLog(log, (url) => measure[part](log, url, full, progress)) };
        }
      }
    }
  },
};

async function withLog(log: (typeof LOGS)[number], work: (url: string) => Promise<Row[]>): Promise<Row[]> {
  if (log === 'sqlite') {
    const folder = await createTempFolder();
    try {
      return await work(`sqlite://${folder.file('log.db')}`);
    } finally {
      await folder.remove();
    }
  }
  const server = await startNatsServer();
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

/** The work of an episode: a fit takes as long as an evaluation. An assessment is short. */
const WAIT_MS = { fit: 2_000, assess: 200, evaluate: 2_000 };

async function benchReplicas(log: string, url: string, full: boolean, progress: Progress): Promise<Row[]> {
  const setup = { log: url, batchSize: 8, policy: 'random', waitMs: WAIT_MS, warmUp: 8 };
  const episodes = full ? 64 : 24;
  const one = await measureSearch({ ...setup, episodes, replicas: { fit: 1, assess: 1, evaluate: 1 } }, progress);
  const two = await measureSearch(
    { ...setup, episodes: 2 * episodes, warmUp: 16, replicas: { fit: 2, assess: 1, evaluate: 2 } },
    progress,
  );
  return [
    moreIsBetter({
      bench: 'scale',
      case: `${log}: two generators and two simulators`,
      metric: 'episodes a minute',
      value: two.episodesPerMinute,
      unit: '/min',
      peer: 'one of each',
      peerValue: one.episodesPerMinute,
      note: `fits and evaluations of ${WAIT_MS.fit / 1000} s that wait; at most 30 a minute for each`,
    }),
  ];
}

async function benchAgent(log: string, url: string, full: boolean, progress: Progress): Promise<Row[]> {
  const lengths = full ? [100, 1_000, 4_000] : [100, 400];
  const base: Omit<SearchSetup, 'episodes'> = {
    log: url,
    batchSize: 20,
    policy: 'random',
    replicas: { fit: 4, assess: 2, evaluate: 4 },
    waitMs: { fit: 0, assess: 0, evaluate: 0 },
    warmUp: 20,
  };
  const rows: Row[] = [];
  let shortest: Awaited<ReturnType<typeof measureSearch>> | undefined;
  for (const episodes of lengths) {
    const cost = await measureSearch({ ...base, episodes }, progress);
    shortest ??= cost;
    const row = { bench: 'scale', case: `${log}: a study of ${episodes} episodes`, peer: `${lengths[0]} episodes` };
    const compared = (metric: string, of: 'agentCpu' | 'stageCpu' | 'bytes' | 'agentMegabytes', unit: string): Row =>
      lessIsBetter({ ...row, metric, value: cost[of], unit, peerValue: shortest?.[of] ?? Number.NaN });
    rows.push(
      compared('CPU time of the agent for an episode', 'agentCpu', 's'),
      compared('CPU time of a stage worker for an episode', 'stageCpu', 's'),
      compared('payload of the events of an episode', 'bytes', 'B'),
      compared('resident memory of the agent', 'agentMegabytes', 'MB'),
    );
  }
  return rows;
}

async function benchSoak(log: string, url: string, full: boolean, progress: Progress): Promise<Row[]> {
  let clock = Date.now();
  // A later time with every reading: the clock of a simulation is not the machine's.
  const now = log === 'sqlite' ? { now: () => clock++ } : {};
  const memory: number[] = [];
  const waves = full ? WAVES : 100;
  const report = await soak({
    open: () => openEpisodeLog(url, { warn: () => {}, firstRetryMs: 5, ...now }),
    connections: 10,
    workers: 100,
    queued: full ? 10_000 : 1_000,
    waves,
    episodesPerWave: 4,
    afterWave: () => {
      clock += WEEK_MS / waves;
    },
    measure: () => void memory.push(residentMegabytes(process.pid)),
    progress,
  });
  const { lost, duplicates, left, redeliveries, episodes, deliveries } = report;
  const row = { bench: 'scale', case: `${log}: soak of ${episodes} episodes, 100 workers`, peer: 'none' };
  const count = (metric: string, value: number, peerValue = Number.NaN, unit = ''): Row =>
    lessIsBetter({ ...row, metric, value, unit, peerValue });
  return [
    count('slots lost', lost),
    count('slots written twice', duplicates),
    count('events left at the end', left),
    count('deliveries again after failures', redeliveries, report.failures),
    moreIsBetter({
      ...row,
      metric: 'deliveries a second, with append and acknowledgement',
      value: deliveries / (report.queueSeconds + report.waveSeconds),
      unit: '/s',
      peerValue: Number.NaN,
    }),
    lessIsBetter({
      ...row,
      metric: 'resident memory of all workers at the end',
      value: memory[1],
      unit: 'MB',
      peer: 'after the queue',
      peerValue: memory[0],
    }),
  ];
}
