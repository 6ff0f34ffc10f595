import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  AgentServiceService,
  Study,
  StudyEvent,
  StudyRecord,
  type StudySettings,
  StudyState,
} from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { Hyperparameter } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { ArtifactRef, DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';

/** What the instances of an agent share. */
export interface AgentLog {
  readonly studies: Map<string, Entry>;
  readonly artifacts: Map<string, Buffer>;
}

interface Entry {
  readonly study: Study;
  readonly events: readonly StudyEvent[];
  /** Resolves when it has ended. */
  readonly ended: PromiseWithResolvers<void>;
}

const PARTS = [
  ['description', 'once'],
  ['points', 'some'],
] as const;
const SPACE = ['a', 'b'].map((name) => Hyperparameter.fromPartial({ name }));

/** A small right agent whose studies run no episodes. */
export function rightAgent(log: AgentLog): ServiceBinding {
  const entryOf = (id: string): Entry => {
    const entry = log.studies.get(id);
    if (entry === undefined) throw new DomainError('not-found', `no study ${id}`);
    return entry;
  };
  return bindService(AgentServiceService, {
    getCapabilities: () => ({
      capabilities: {
        service: 'toy',
        version: '1.0.0',
        engines: [],
        limits: [{ name: 'episodes', maximum: 1000 }],
        hyperparameters: [],
        methods: [],
      },
      space: SPACE,
    }),
    async putDataset(requests) {
      const points = createPointsCollector('points', 1000);
      const { description } = (await readParts(requests as never, PARTS, { points: points.add } as never)) as {
        description: DataDescription;
      };
      const { count, features, classes, x, y } = points.points();
      const bytes = Buffer.concat([
        Buffer.from(JSON.stringify(description)),
        Buffer.from(x.slice().buffer),
        Buffer.from(y.slice().buffer),
      ]);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      log.artifacts.set(sha256, bytes);
      return {
        dataset: { sha256, sizeBytes: bytes.length, mediaType: 'application/x-qloom-points' } satisfies ArtifactRef,
        rows: count,
        features,
        classes,
      };
    },
    createStudy({ id, settings, studyFile }) {
      const complete = completed(id, settings);
      const known = log.studies.get(id);
      if (known !== undefined && !isDeepStrictEqual(known.study.settings, complete))
        throw new DomainError('already-exists', id);
      if (known === undefined) {
        const study = {
          ...Study.fromPartial({ id, state: StudyState.SEARCHING, createTime: new Date() }),
          settings: complete,
        };
        const created = {
          $case: 'created' as const,
          value: { settings: complete, space: SPACE, studyFile, continues: false },
        };
        log.studies.set(id, { study, events: [eventOf(1n, 'create', created)], ended: Promise.withResolvers() });
      }
      return { study: entryOf(id).study };
    },
    getStudy: ({ id }) => ({ study: entryOf(id).study }),
    listStudies: () => ({ studies: [...log.studies.keys()].sort().map((id) => entryOf(id).study) }),
    async *watchStudy({ id }) {
      const { study, ended } = entryOf(id);
      yield { study, event: undefined };
      if (study.state === StudyState.CANCELLED) return;
      await ended.promise;
      yield { study: entryOf(id).study, event: undefined };
    },
    cancelStudy({ id }) {
      const entry = entryOf(id);
      const { study, events, ended } = entry;
      if (study.state !== StudyState.CANCELLED) {
        const cancelled = { ...study, state: StudyState.CANCELLED, endTime: new Date() };
        log.studies.set(id, {
          study: cancelled,
          events: [...events, eventOf(5n, 'cancel', { $case: 'cancelled', value: {} })],
          ended,
        });
        ended.resolve();
      }
      return { study: entryOf(id).study };
    },
    async *listStudyEvents({ id }) {
      for (const event of entryOf(id).events) yield { event };
    },
    async *getArtifact({ sha256 }) {
      const bytes = log.artifacts.get(sha256);
      if (bytes === undefined) throw new DomainError('not-found', sha256);
      for (const chunk of encodeBytes(bytes)) yield { chunk };
    },
  });
}

function eventOf(sequence: bigint, slot: string, record: StudyRecord['record']): StudyEvent {
  const value = { ...StudyRecord.fromPartial({ time: new Date() }), record };
  return { ...StudyEvent.fromPartial({ slot, time: new Date() }), sequence, content: { $case: 'record', value } };
}

function completed(id: string, settings: StudySettings | undefined): StudySettings {
  const { data, policy = '', episodes = 0, space = [], reward, evaluation } = settings ?? {};
  const rules: readonly (readonly [string, boolean])[] = [
    ['id', /^[a-z0-9-]{1,63}$/.test(id)],
    ['settings.data.source', data?.source !== undefined],
    ['settings.policy', ['', 'random'].includes(policy)],
    ['settings.episodes', episodes <= 1000],
    ['settings.space', space.every(({ name }) => SPACE.some((known) => known.name === name))],
    ['settings.reward.form', (reward?.form ?? '') === ''],
    ['settings.evaluation.draws', evaluation?.draws !== 1],
  ];
  const broken = rules.filter(([, holds]) => !holds).map(([field]) => ({ field, description: 'is wrong' }));
  if (settings === undefined || broken.length > 0) throw new ValidationError(broken);
  return {
    ...settings,
    qnnSeeds: settings.qnnSeeds || 1,
    episodeDeadlineSeconds: settings.episodeDeadlineSeconds || 3600,
  };
}
