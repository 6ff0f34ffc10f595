import { AgentServiceService, type Study, StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import type { OfferedMethod } from '@qloom/study/synthesis/offered-method.ts';
import { ASSESS_STAGE } from '@qloom/study-rpc/stage/assess-stage.ts';
import { EVALUATE_STAGE } from '@qloom/study-rpc/stage/evaluate-stage.ts';
import { FIT_STAGE } from '@qloom/study-rpc/stage/fit-stage.ts';
import { createFoldStage } from '@qloom/study-rpc/stage/fold-stage.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog, startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { createAgentService } from '../rpc/agent-service.ts';
import { createPolicyService } from '../rpc/policy-service.ts';
import { connectPeers, type Peers } from '../study/peers.ts';
import { type Clock, systemClock } from '../study/retry/clock.ts';
import { localPolicy, type OpenPolicy } from '../study/search/policy-port.ts';
import { createStudies, type Studies } from '../study/studies.ts';
import { isEnded } from '../study/study-message.ts';
import { type ClassicalThreads, createClassicalThreads } from '../workers/classical-threads.ts';
import { openPolicies } from './open-policies.ts';
import { type StandInHooks, standInDiscriminator, standInGenerator, standInSimulator } from './stand-in-services.ts';

/**
 * An agent and the other services' stages over an embedded log, with real gRPC; only the three other services are
 * stand-ins.
 */
export interface World {
  readonly agent: Remote<typeof AgentServiceService>;
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly peers: Peers;
  readonly agentServer: TestServer;
  /** Lines that the agent logged. */
  readonly logged: readonly Record<string, unknown>[];
  /** Starts the other services' stages and the studies in the log. */
  start(): void;
  /** Starts only the stages, as when the agent is down. */
  startStages(): void;
  /** Starts only the studies. */
  startAgent(): void;
  /** Waits until the study has ended. */
  finished(id: string): Promise<Study>;
  stop(): Promise<void>;
}

/** Options of a world. */
export interface WorldOptions {
  /** Events in flight in each stage. Default 1. */
  readonly concurrency?: number;
  /** Artifacts of another world, to continue from its log. */
  readonly artifacts?: ArtifactStore;
  /** What fits the classical arms. Default: threads of the world's own. */
  readonly classical?: ClassicalThreads;
  /** URL of the event log. Default: SQLite in the world's own folder. */
  readonly log?: string;
  readonly openPolicy?: OpenPolicy;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** Studies that the agent runs at once. Default 2. */
  readonly studyConcurrency?: number;
  /** Lease of the agent's studies. Default 15 s. */
  readonly leaseMs?: number;
  /** Delay of the agent's appends after their event is visible. Default 0 ms. */
  readonly appendsAnswerAfterMs?: number;
}

/** Stand-ins that several worlds share. */
export interface StandIns {
  readonly targets: { readonly generator: string; readonly discriminator: string; readonly qnnSim: string };
  stop(): Promise<void>;
}

/** Starts the three stand-in services; `methods` are those that the generator describes. */
export async function startStandIns(
  hooks: StandInHooks = {},
  methods: readonly OfferedMethod[] = [],
): Promise<StandIns> {
  const servers = await Promise.all(
    [standInGenerator(hooks, undefined, methods), standInDiscriminator(), standInSimulator(hooks)].map((service) =>
      startTestServer(service),
    ),
  );
  const [generator, discriminator, qnnSim] = servers.map((server) => server.target);
  return {
    targets: { generator, discriminator, qnnSim },
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}

/** Creates a world over running stand-ins. */
export async function createWorld({ targets }: StandIns, options: WorldOptions = {}): Promise<World> {
  const { policyNamed, training } = await openPolicies();
  const folder = await createTempFolder();
  const episodeLog = await openEpisodeLog(options.log ?? `sqlite://${folder.file('log.db')}`);
  const artifacts = options.artifacts ?? (await openArtifactStore(`file://${folder.file('artifacts')}`));
  const { log, lines } = createMemoryLog();
  const peers = connectPeers(connect, targets);
  const classical = options.classical ?? createClassicalThreads();
  const studies: Studies = createStudies(
    {
      episodeLog: lateToAnswer(episodeLog, options.appendsAnswerAfterMs ?? 0),
      artifacts,
      peers,
      classical,
      openPolicy: options.openPolicy ?? ((name) => localPolicy(policyNamed, name)),
      clock: options.clock ?? systemClock,
      log,
      jobConcurrency: 2,
      studyConcurrency: options.studyConcurrency ?? 2,
      leaseMs: options.leaseMs ?? 15_000,
    },
    { isPolicyRemote: options.openPolicy !== undefined },
  );
  const { generator, discriminator, qnnSim } = peers;
  const common = { episodeLog, artifacts, log, concurrency: options.concurrency ?? 1, generator };
  const stages = [
    createFoldStage(FIT_STAGE, { ...common, service: () => generator }),
    createFoldStage(ASSESS_STAGE, { ...common, service: () => discriminator }),
    createFoldStage(EVALUATE_STAGE, { ...common, service: () => qnnSim }),
  ];
  const agentServer = await startTestServer(
    createAgentService(studies, peers, artifacts, training),
    createPolicyService(policyNamed),
  );
  const agent = connect(AgentServiceService, agentServer.target);
  const startStages = (): void => {
    for (const stage of stages) stage.start('');
  };
  return {
    agent,
    episodeLog,
    artifacts,
    peers,
    agentServer,
    logged: lines,
    start() {
      startStages();
      studies.start('');
    },
    startStages,
    startAgent: () => studies.start(''),
    async finished(id) {
      for await (const { study } of agent.watchStudy({ id })) if (study && isEnded(study.state)) return study;
      throw new Error(`the watch of ${id} ended before the study did`);
    },
    async stop() {
      await studies.drain(0);
      await Promise.all(stages.map((stage) => stage.drain(0)));
      agent.close();
      peers.close();
      await classical.close();
      await agentServer.stop();
      await episodeLog.close();
      if (options.artifacts === undefined) await folder.remove();
    },
  };
}

/** The same log, but its watchers see an event before the append that wrote it returns, as over a network. */
function lateToAnswer(log: EpisodeLog, ms: number): EpisodeLog {
  if (ms === 0) return log;
  return {
    address: log.address,
    append: async (...event) => {
      const result = await log.append(...event);
      await systemClock.sleep(ms, new AbortController().signal);
      return result;
    },
    read: (key) => log.read(key),
    replay: (study) => log.replay(study),
    watch: (study, options) => log.watch(study, options),
    consume: (options, handler) => log.consume(options, handler),
    createConsumers: (consumers) => log.createConsumers(consumers),
    load: (consumer) => log.load(consumer),
    studies: () => log.studies(),
    close: () => log.close(),
  };
}

/** A study small enough for a test: it has every kind of event, and takes a second. */
export function smallStudy(overrides: Partial<StudySettings> = {}): StudySettings {
  return {
    ...StudySettings.fromPartial({}),
    seed: 5,
    data: {
      source: { $case: 'task', value: { name: 'two-curves', settingsJson: '' } },
      labelBudget: 16,
      testSize: 40,
      identicalRows: 0,
    },
    folds: 2,
    episodes: 6,
    sobolEpisodes: 2,
    batchSize: 2,
    evaluation: { draws: 2, rivals: ['noise'], rivalEvaluations: 2, portfolio: false, choice: '' },
    ...overrides,
  };
}
