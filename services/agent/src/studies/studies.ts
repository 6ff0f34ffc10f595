import { isDeepStrictEqual } from 'node:util';
import { IdenticalRows, type Study, StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import type { BackgroundWork } from '@qloom/service-kit/background-work.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/errors.ts';
import { createSeeds } from '../domain/study/seeds.ts';
import { encodeParameter } from '../events/hyperparameters.ts';
import { encodeRecord } from '../events/study-record.ts';
import { advertisedSpace } from '../peers/peers.ts';
import { type CompleteSettings, completeSettings, type SettingsContext } from './settings.ts';
import { openStudyData, splitLabels } from './study-data.ts';
import { isEnded, studyMessage } from './study-message.ts';
import { type RunnerDeps, runStudy, type StudyRunner } from './study-runner.ts';
import { studySpace } from './study-space.ts';
import { applyEvent, emptyView, type StudyView } from './study-view.ts';

/** A change of a study. */
export interface StudyChange {
  readonly study: Study;
  /** The event behind it; absent in the first, which is the study as it stands. */
  readonly event?: LogEvent;
}

/** The studies of a log. Those that have not ended run in this process. */
export interface Studies extends BackgroundWork {
  /** Creates a study and starts it. Throws ValidationError, or DomainError `already-exists` for other settings. */
  create(id: string, settings: StudySettings | undefined, signal: AbortSignal): Promise<Study>;
  /** A study as it stands. Throws DomainError `not-found`. */
  get(id: string): Promise<Study>;
  list(): Promise<Study[]>;
  /** A study as it stands, then each change until it ends. Throws DomainError `not-found`. */
  watch(id: string, signal: AbortSignal): AsyncIterable<StudyChange>;
  /** Cancels a study. Throws DomainError `not-found`. */
  cancel(id: string): Promise<Study>;
}

const STUDY_ID = /^[a-z0-9-]{1,63}$/;

/** The studies that the log of `deps` knows. */
export function createStudies(deps: RunnerDeps, context: SettingsContext): Studies {
  const { episodeLog } = deps;
  const runners = new Map<string, StudyRunner>();
  const failed = Promise.withResolvers<void>();
  let isDraining = false;

  const run = (id: string): void => {
    if (isDraining || runners.has(id)) return;
    const runner = runStudy(id, deps);
    runners.set(id, runner);
    runner.done.finally(() => runners.delete(id));
  };

  const load = async (id: string): Promise<StudyView> => {
    if (!STUDY_ID.test(id)) throw invalidId(id);
    const view = (await episodeLog.replay(id)).reduce(applyEvent, emptyView(id));
    if (view.created === undefined) throw new DomainError('not-found', `study ${id}: there is none of that id`);
    return view;
  };

  const resume = async (): Promise<void> => {
    for (const id of await episodeLog.studies()) {
      const created = await episodeLog.read({ study: id, slot: 'create' });
      const finished = await episodeLog.read({ study: id, slot: 'finish' });
      if (created !== undefined && finished === undefined) run(id);
    }
  };

  return {
    async create(id, given, signal) {
      if (!STUDY_ID.test(id)) throw invalidId(id);
      const settings = await checkedSettings(deps, given, context);
      const standing = await episodeLog.read({ study: id, slot: 'create' });
      if (standing === undefined) {
        const space = studySpace(await advertisedSpace(deps.peers, signal), settings.space);
        const value = { settings, space: space.parameters.map(encodeParameter) };
        const { key, payload } = encodeRecord(id, { $case: 'created', value }, deps.clock.now());
        await episodeLog.append(key, payload);
      }
      const view = await load(id);
      // The same settings may come in another order of fields; their JSON, read back, does not.
      if (!isDeepStrictEqual(canonical(view.created?.settings), canonical(asOldAs(view.created?.settings, settings)))) {
        throw new DomainError('already-exists', `study ${id}: stands with other settings; choose another id`);
      }
      run(id);
      return studyMessage(view);
    },
    get: async (id) => studyMessage(await load(id)),
    async list() {
      const studies: Study[] = [];
      for (const id of (await episodeLog.studies()).sort()) {
        const view = (await episodeLog.replay(id)).reduce(applyEvent, emptyView(id));
        if (view.created !== undefined) studies.push(studyMessage(view));
      }
      return studies;
    },
    async *watch(id, signal) {
      let view = await load(id);
      let study = studyMessage(view);
      yield { study };
      if (isEnded(study.state)) return;
      for await (const event of episodeLog.watch(id, { after: view.sequence, signal })) {
        view = applyEvent(view, event);
        study = studyMessage(view);
        yield { study, event };
        if (isEnded(study.state)) return;
      }
      signal.throwIfAborted();
    },
    async cancel(id) {
      const view = await load(id);
      if (view.finished !== undefined || view.isCancelled) return studyMessage(view);
      const { key, payload } = encodeRecord(id, { $case: 'cancelled', value: {} }, deps.clock.now());
      await episodeLog.append(key, payload);
      run(id);
      return studyMessage(await load(id));
    },
    start() {
      resume().catch(failed.reject);
    },
    async drain() {
      isDraining = true;
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
    },
    done: failed.promise,
  };
}

/** Settings checked as far as they can be without running: fields, data, and whether the labels can be divided. */
async function checkedSettings(
  { artifacts }: RunnerDeps,
  given: StudySettings | undefined,
  context: SettingsContext,
): Promise<CompleteSettings> {
  const settings = completeSettings(given, context);
  const seeds = createSeeds(settings.seed);
  const data = await openStudyData(settings, seeds, artifacts);
  const { labels } = await data.own();
  await splitLabels(labels, settings, seeds);
  return { ...settings, data: { ...settings.data, labelBudget: data.sizes.labels, testSize: data.sizes.test } };
}

/** `settings` without the fields that were not there yet when `standing` was written. */
function asOldAs(standing: CompleteSettings | undefined, settings: CompleteSettings): CompleteSettings {
  const { UNSPECIFIED } = IdenticalRows;
  if (standing?.data.identicalRows !== UNSPECIFIED || settings.data.identicalRows !== IdenticalRows.TOGETHER) {
    return settings;
  }
  return { ...settings, data: { ...settings.data, identicalRows: UNSPECIFIED } };
}

function canonical(settings: CompleteSettings | undefined): unknown {
  return settings === undefined
    ? undefined
    : StudySettings.toJSON(StudySettings.fromJSON(StudySettings.toJSON(settings)));
}

function invalidId(id: string): ValidationError {
  const description = `${JSON.stringify(id)} is not 1 to 63 of a-z, 0-9 and "-"`;
  return new ValidationError([{ field: 'id', description }]);
}
