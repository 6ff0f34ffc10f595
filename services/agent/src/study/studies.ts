import { isDeepStrictEqual } from 'node:util';
import { SpanKind } from '@opentelemetry/api';
import { IdenticalRows, type Study, StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { appendedAttributes, producerAttributes } from '@qloom/service-kit/stage/messaging-attributes.ts';
import type { DataNeed } from '@qloom/study/synthesis/offered-method.ts';
import { encodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { traceHeaders } from '@qloom/telemetry/event-headers.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import { CHOICE_RULE_NAMES } from '../domain/choice/choice-table.ts';
import { needsContinuing } from '../domain/policy/policy-table.ts';
import { createSeeds, type StudySeeds } from '../domain/seeds.ts';
import { CAMPAIGN_SLOT } from './campaign/campaign-record.ts';
import { openStudyData, type StudyData, splitLabels } from './data/study-data.ts';
import { createHeldStudies, type HeldStudiesDeps } from './held-studies.ts';
import { advertisedSpace, describedMethods } from './peers.ts';
import { encodeRecord } from './replay/study-record.ts';
import { applyEvent, emptyView, type StudyView } from './replay/study-view.ts';
import { nextOrChange } from './replica-watch.ts';
import { askSimulator } from './settings/ask-simulator.ts';
import { type CompleteSettings, completeSettings, type SettingsContext } from './settings/complete-settings.ts';
import { everyMethodContinues, needsOtherMethods } from './settings/continuing-methods.ts';
import { searchSpace } from './settings/study-space.ts';
import {
  completeBaselines,
  completeDefault,
  type GeneratorMethods,
  methodFacts,
  requireBaselines,
  requireMethods,
  requirePretrainingBaseline,
} from './settings/usable-methods.ts';
import { requireFitting } from './settings/usable-qnn.ts';
import { requireWithinLimits } from './settings/within-limits.ts';
import { requireStudyId } from './study-id.ts';
import { isEnded, studyMessage } from './study-message.ts';
import type { RunnerDeps } from './study-runner.ts';

/** A change of a study. */
interface StudyChange {
  readonly study: Study;
  /** The event that caused it; absent in the first change, which is the current state, and if `waitingFor` changed. */
  readonly event?: LogEvent;
}

/**
 * The studies of a log, whichever agent runs them. Once started, this process runs those that it holds
 * ({@link createHeldStudies}).
 */
export interface Studies extends BackgroundWork {
  /**
   * Creates a study, which the next agent with room runs; `studyFile` is the text that its settings come from. Throws ValidationError,
   * or DomainError `already-exists` for other settings.
   */
  create(id: string, settings: StudySettings | undefined, signal: AbortSignal, studyFile?: string): Promise<Study>;
  /** The current state of a study. Throws DomainError `not-found`. */
  get(id: string): Promise<Study>;
  list(): Promise<Study[]>;
  /** The current state of a study, then each change until it ends. Throws DomainError `not-found`. */
  watch(id: string, signal: AbortSignal): AsyncIterable<StudyChange>;
  /** The events of a study so far, in the order of the log. Throws DomainError `not-found`. */
  events(id: string): Promise<readonly LogEvent[]>;
  /** Cancels a study. Throws DomainError `not-found`. */
  cancel(id: string): Promise<Study>;
}

/** The studies that the log of `deps` knows. */
export function createStudies(deps: HeldStudiesDeps, context: SettingsContext): Studies {
  const { episodeLog } = deps;
  const held = createHeldStudies(deps);
  const messageOf = (view: StudyView): Study =>
    studyMessage(view, held.stallsOf(view.study).text(), held.replicasOf(view.study));

  const replay = async (id: string): Promise<{ events: readonly LogEvent[]; view: StudyView }> => {
    requireStudyId(id);
    const events = await episodeLog.replay(id);
    const view = events.reduce(applyEvent, emptyView(id));
    if (view.created === undefined) throw new DomainError('not-found', `study ${id}: there is none of that id`);
    return { events, view };
  };
  const load = async (id: string): Promise<StudyView> => (await replay(id)).view;

  return {
    async create(id, given, signal, studyFile) {
      requireStudyId(id);
      requireShort(studyFile);
      const { settings: asked, data, seeds } = await checkedSettings(deps, given, context, signal);
      const created = await episodeLog.read({ study: id, slot: 'create' });
      if (created === undefined) {
        if ((await episodeLog.read({ study: id, slot: CAMPAIGN_SLOT })) !== undefined) {
          throw new DomainError('already-exists', `study ${id}: a campaign has this id; choose another`);
        }
        const offered = await advertisedSpace(deps.peers, signal);
        const space = searchSpace(offered, asked.space);
        const methods = {
          hyperparameters: offered.parameters,
          described: await describedMethods(deps.peers, signal),
        };
        requireMethods(space.parameters, methods, data.meets);
        const settings = withMethods(asked, methods, data.meets);
        const continues = everyMethodContinues(space.parameters, methods);
        if (!context.isPolicyRemote && needsContinuing(settings.policy) && !continues) {
          throw needsOtherMethods(settings.policy, methods);
        }
        requireBaselines(settings.evaluation.rivals, methods, data.meets);
        const { pretraining, qnn } = settings;
        if (pretraining !== undefined) requirePretrainingBaseline(methods, data.meets);
        const steps = Math.max(qnn.steps, pretraining?.steps ?? 0, pretraining?.finetuneSteps ?? 0);
        const work = { qnn: { ...qnn, steps }, ...data.shape, ...data.sizes, hasOracle: data.isFresh };
        // Checked before the data is drawn, because the services' limits bound the number of points.
        await requireWithinLimits(deps.peers, work, signal);
        const { labels } = await data.own(signal);
        await splitLabels(labels, settings, seeds, data.description);
        await askSimulator(deps.peers, qnn, data.shape, signal, { isPretrained: pretraining !== undefined });
        const value = { settings, space: space.parameters.map(encodeHyperparameter), studyFile, continues };
        const { key, payload } = encodeRecord(id, { $case: 'created', value }, deps.clock.now());
        const span = { study: id, kind: SpanKind.PRODUCER, attributes: producerAttributes(episodeLog, key) };
        await withSpan('create-study', span, async (active) => {
          const { event } = await episodeLog.append(key, payload, traceHeaders());
          active.setAttributes(appendedAttributes(event));
        });
      }
      const view = await load(id);
      // The same settings may have another order of fields, but not in the JSON that is read back.
      if (!isDeepStrictEqual(canonical(view.created?.settings), canonical(asOldAs(view.created?.settings, asked)))) {
        throw new DomainError('already-exists', `study ${id}: exists with other settings; choose another id`);
      }
      return messageOf(view);
    },
    get: async (id) => messageOf(await load(id)),
    async list() {
      const studies: Study[] = [];
      for (const id of (await episodeLog.studies()).sort()) {
        const view = (await episodeLog.replay(id)).reduce(applyEvent, emptyView(id));
        if (view.created !== undefined) studies.push(messageOf(view));
      }
      return studies;
    },
    async *watch(id, signal) {
      let view = await load(id);
      let study = messageOf(view);
      yield { study };
      const over = new AbortController();
      try {
        const watched = AbortSignal.any([signal, over.signal]);
        const events = episodeLog.watch(id, { after: view.sequence, signal: watched })[Symbol.asyncIterator]();
        const nextEvent = () => {
          const next = events.next();
          // The last one is not awaited.
          next.catch(() => {});
          return next;
        };
        let next = nextEvent();
        const stalls = held.stallsOf(id);
        let told = study.waitingFor;
        while (!isEnded(study.state)) {
          // It may have changed while the last message was sent.
          const isTold = (stalls.text() ?? '') === (told ?? '');
          const got = isTold ? await nextOrChange(next, stalls.subscribe) : undefined;
          if (got?.done) break;
          if (got !== undefined) view = applyEvent(view, got.value);
          study = messageOf(view);
          told = study.waitingFor;
          yield { study, event: got?.value };
          if (got !== undefined) next = nextEvent();
        }
      } finally {
        over.abort();
      }
      signal.throwIfAborted();
    },
    events: async (id) => (await replay(id)).events,
    async cancel(id) {
      const view = await load(id);
      if (view.finished !== undefined || view.isCancelled) return messageOf(view);
      const { key, payload } = encodeRecord(id, { $case: 'cancelled', value: {} }, deps.clock.now());
      await episodeLog.append(key, payload);
      return messageOf(await load(id));
    },
    watchTrouble: held.watchTrouble,
    start: held.start,
    drain: held.drain,
    // No error of a study ends the process: studies try again. A log that cannot be consumed does.
    done: held.done,
  };
}

/**
 * Checks settings as far as possible without a peer and without a draw: fields, data, and whether the QNN fits the
 * data.
 */
async function checkedSettings(
  { artifacts }: RunnerDeps,
  given: StudySettings | undefined,
  context: SettingsContext,
  signal: AbortSignal,
): Promise<{ settings: CompleteSettings; data: StudyData; seeds: StudySeeds }> {
  const settings = await completeSettings(given, context, signal);
  const seeds = createSeeds(settings.seed);
  const data = await openStudyData(settings, seeds, artifacts, signal);
  await requireFitting(settings.qnn, data.shape, signal);
  const counted = { ...settings.data, labelBudget: data.sizes.labels, testSize: data.sizes.test };
  return { settings: { ...settings, data: counted }, data, seeds };
}

/** The settings with what depends on the generator's methods and the data: baselines, the portfolio's default, facts of the methods. */
function withMethods(
  { evaluation, ...settings }: CompleteSettings,
  methods: GeneratorMethods,
  met: ReadonlySet<DataNeed>,
): CompleteSettings {
  const rivals = completeBaselines(evaluation, methods, met);
  const portfolioDefault = evaluation.portfolio
    ? completeDefault(evaluation.portfolioDefault, rivals, methods)
    : undefined;
  return {
    ...settings,
    evaluation: { ...evaluation, rivals, portfolioDefault, methods: methodFacts(evaluation, rivals, methods) },
  };
}

/**
 * The settings as they would have been completed when `created` was written: with the baselines that were added at that time,
 * and without the fields that did not exist yet.
 */
function asOldAs(created: CompleteSettings | undefined, given: CompleteSettings): CompleteSettings {
  if (created === undefined) return given;
  const { rivals, portfolio } = given.evaluation;
  const known = created.evaluation.rivals;
  const isCompleted = rivals.length === 0 || (portfolio && isDeepStrictEqual(known.slice(0, rivals.length), rivals));
  const portfolioDefault = given.evaluation.portfolioDefault ?? created.evaluation.portfolioDefault;
  const { UNSPECIFIED, TOGETHER } = IdenticalRows;
  const isOldSplit = created.data.identicalRows === UNSPECIFIED && given.data.identicalRows === TOGETHER;
  const isOldChoice = created.evaluation.choice === '' && given.evaluation.choice === CHOICE_RULE_NAMES[0];
  return {
    ...given,
    // Has no effect on results; studies that were created when 2 was the default have that number.
    inFlight: given.inFlight === 0 ? created.inFlight : given.inFlight,
    data: isOldSplit ? { ...given.data, identicalRows: UNSPECIFIED } : given.data,
    evaluation: {
      ...given.evaluation,
      portfolioDefault,
      methods: created.evaluation.methods,
      ...(isCompleted ? { rivals: known } : {}),
      ...(isOldChoice ? { choice: '' } : {}),
    },
  };
}

/** Maximum size of the text of a study file. Unit: bytes. */
const MAX_STUDY_FILE_BYTES = 2 ** 16;

function requireShort(studyFile = ''): void {
  const bytes = Buffer.byteLength(studyFile);
  if (bytes <= MAX_STUDY_FILE_BYTES) return;
  const description = `has ${bytes} bytes; right would be at most ${MAX_STUDY_FILE_BYTES}`;
  throw new ValidationError([{ field: 'study_file', description }]);
}

function canonical(settings: CompleteSettings | undefined): unknown {
  return settings === undefined
    ? undefined
    : StudySettings.toJSON(StudySettings.fromJSON(StudySettings.toJSON(settings)));
}
