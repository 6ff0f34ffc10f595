import {
  type AgentServiceService,
  type PutDatasetRequest,
  type Study,
  type StudyEvent,
  StudySettings,
  StudyState,
  type WatchStudyResponse,
} from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { type ArtifactRef, QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { must, sharedAnswer } from '../check.ts';
import type { Instances } from '../shared/instances.ts';
import { pointsMessage, SMALL_DATA, smallPoints } from '../shared/small-points.ts';
import type { SuiteOptions } from '../suite.ts';

/** Client of an agent. */
type Agent = Remote<typeof AgentServiceService>;

export const ROWS = 60;
export const EPISODES = 2;
export type DatasetPart = NonNullable<PutDatasetRequest['part']>;

/** A data set of three classes in three features. */
export const DATASET: readonly DatasetPart[] = [
  { $case: 'description', value: SMALL_DATA },
  { $case: 'points', value: pointsMessage(smallPoints(ROWS)) },
];

/** Whether a study has ended. */
export const isEnded = (state: StudyState): boolean =>
  [StudyState.FINISHED, StudyState.CANCELLED, StudyState.FAILED].includes(state as 4);

/** What the checks of studies share. */
export interface StudyBench {
  readonly agent: Agent;
  readonly deadlineMs: number;
  second(): Agent;
  put(parts: readonly (DatasetPart | undefined)[]): ReturnType<Agent['putDataset']>;
  dataset(): Promise<ArtifactRef>;
  /** Settings of a small study, whose episodes need not run. */
  settings(changes?: Partial<StudySettings>): Promise<StudySettings>;
  /** An id that was not used before. */
  freshId(): string;
  create(id: string, settings: StudySettings | undefined, studyFile?: string): Promise<Study>;
  get(id: string, at?: Agent): Promise<Study>;
  cancel(id: string, at?: Agent): Promise<Study>;
  /** The changes of a study, to its end. */
  watch(id: string, at?: Agent): Promise<WatchStudyResponse[]>;
  events(id: string, at?: Agent): Promise<StudyEvent[]>;
  /** A study that is created and then cancelled. */
  cancelled(): Promise<string>;
  /** Cancels what the checks left running. */
  end(): Promise<void>;
}

/** Opens the calls of the checks. */
export function studyBench(
  instances: Instances<typeof AgentServiceService>,
  { deadlineMs, study: prefix }: SuiteOptions,
): StudyBench {
  const agent = instances.first;
  const options = { deadlineMs };
  const open = new Set<string>();
  let ids = 0;
  const put: StudyBench['put'] = (parts) =>
    agent.putDataset(
      parts.map((part) => ({ part })),
      options,
    );
  const dataset = sharedAnswer('a data set', async () => {
    const { dataset: stored } = await put(DATASET);
    must(stored !== undefined, 'PutDataset gave no reference', 'the reference of the data set');
    return stored;
  });
  const bench: StudyBench = {
    agent,
    deadlineMs,
    second: () => instances.second(),
    put,
    dataset,
    async settings(changes = {}) {
      const qnn = QnnSettings.fromPartial({ qubits: 3, layers: 1, steps: 2, batchSize: 4 });
      const own = {
        seed: 5,
        folds: 2,
        episodes: EPISODES,
        batchSize: 1,
        staleness: 0,
        sobolEpisodes: 1,
        policy: 'random',
        evaluation: { draws: 2 },
      };
      const data = { source: { $case: 'dataset' as const, value: await dataset() }, testSize: 20 };
      return { ...StudySettings.fromPartial({ ...own, qnn, data }), ...changes };
    },
    freshId: () => `${prefix}-s${ids++}`,
    async create(id, settings, studyFile) {
      const study = stateOf(await agent.createStudy({ id, settings, studyFile }, options));
      open.add(id);
      return study;
    },
    get: async (id, at = agent) => stateOf(await at.getStudy({ id }, options)),
    async cancel(id, at = agent) {
      open.delete(id);
      return stateOf(await at.cancelStudy({ id }, options));
    },
    async watch(id, at = agent) {
      const changes: WatchStudyResponse[] = [];
      for await (const change of at.watchStudy({ id }, options)) changes.push(change);
      return changes;
    },
    async events(id, at = agent) {
      const events: StudyEvent[] = [];
      for await (const { event } of at.listStudyEvents({ id }, options)) {
        must(event !== undefined, 'a message of ListStudyEvents has no event', 'an event');
        events.push(event);
      }
      return events;
    },
    async cancelled() {
      const id = bench.freshId();
      await bench.create(id, await bench.settings());
      await bench.cancel(id);
      return id;
    },
    async end() {
      for (const id of open) await bench.cancel(id);
    },
  };
  return bench;
}

function stateOf({ study }: { readonly study?: Study | undefined }): Study {
  must(study !== undefined, 'the response has no study', 'the state of the study');
  return study;
}
