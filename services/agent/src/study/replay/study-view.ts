import type {
  StudyCreated,
  StudyFinished,
  StudyPolicy,
  StudyPrepared,
} from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type {
  AssessFacts,
  EvaluateFacts,
  FitFacts,
  ProposeFacts,
  RewardFacts,
  SlotEvent,
} from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { isEpisodeKey, isSlot, type Slot } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { decodeSlot } from '@qloom/service-kit/stage/slot-events.ts';
import { WORKER_STAGES } from '@qloom/study/stages.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { Candidate } from '../../domain/evaluation/incumbents.ts';
import { EpisodeMap } from '../../domain/search/episode-map.ts';
import type { CompleteSettings } from '../settings/complete-settings.ts';
import { decodeRecord } from './study-record.ts';

/** A slot that is written. */
export interface WrittenSlot {
  readonly event: SlotEvent;
  /** Time of the append, and the event's trace context. */
  readonly log: LogEvent;
}

/** The slots of one episode. */
export type EpisodeSlots = { readonly [S in Slot]?: WrittenSlot };

/**
 * The state of a study that follows from its events. A function of the set of events: order and repetition do not matter. Slots that
 * this version does not know, which a later one has written, change nothing.
 */
export interface StudyView {
  readonly study: string;
  readonly created?: StudyCreated & { readonly settings: CompleteSettings };
  /** When it was created, by the log's clock; 0 before. */
  readonly createdMs: number;
  readonly prepared?: StudyPrepared;
  readonly isCancelled: boolean;
  readonly finished?: StudyFinished;
  /** When it finished or, before that, was cancelled; 0 before. */
  readonly endedMs: number;
  /** Results of the final evaluation's jobs, as JSON, by name. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Checkpoints of the policy, by the number of observed batches. */
  readonly policies: ReadonlyMap<number, StudyPolicy>;
  readonly episodes: EpisodeMap<EpisodeSlots>;
  /** Episodes with a slot that have no reward, in no order. */
  readonly open: ReadonlySet<number>;
  /** Trace contexts of the study's own slots that have one, by slot: that of its creation, those of its jobs. */
  readonly traces: ReadonlyMap<string, LogEvent['headers']>;
  /** Sequence of the last event seen; 0 before the first. */
  readonly sequence: number;
  /** Time of the last event seen, milliseconds since the epoch by the log's clock; 0 before the first. */
  readonly lastEventMs: number;
}

/** The view without events. */
export function emptyView(study: string): StudyView {
  const maps = { jobs: new Map(), policies: new Map(), traces: new Map() };
  const episodes = { episodes: EpisodeMap.empty<EpisodeSlots>(), open: new Set<number>() };
  return { study, createdMs: 0, isCancelled: false, endedMs: 0, ...maps, ...episodes, sequence: 0, lastEventMs: 0 };
}

/** The view with one more event. The same object if the event is already known. */
export function applyEvent(view: StudyView, event: LogEvent): StudyView {
  const applied = withContent(view, event);
  if (applied === view) return view;
  const { key, headers } = event;
  const isTraced = !isEpisodeKey(key) && Object.keys(headers).length > 0;
  return {
    ...applied,
    sequence: Math.max(view.sequence, event.sequence),
    lastEventMs: Math.max(view.lastEventMs, event.timeMs),
    traces: isTraced ? new Map(view.traces).set(key.slot, headers) : view.traces,
  };
}

function withContent(view: StudyView, event: LogEvent): StudyView {
  if (isEpisodeKey(event.key)) {
    const { episode, slot } = event.key;
    if (!isSlot(slot)) return view;
    const slots = view.episodes.get(episode) ?? {};
    if (slots[slot] !== undefined) return view;
    const written: WrittenSlot = { event: decodeSlot(event), log: event };
    const next = { ...slots, [slot]: written };
    return { ...view, episodes: view.episodes.with(episode, next), open: openWith(view.open, episode, next) };
  }
  const record = decodeRecord(event);
  switch (record?.$case) {
    case undefined:
      return view;
    case 'created': {
      if (view.created !== undefined) return view;
      const { settings, ...rest } = record.value;
      return {
        ...view,
        created: { ...rest, settings: settings as CompleteSettings },
        createdMs: event.timeMs,
      };
    }
    case 'prepared':
      return view.prepared !== undefined ? view : { ...view, prepared: record.value };
    case 'cancelled':
      if (view.isCancelled) return view;
      return {
        ...view,
        isCancelled: true,
        endedMs: view.finished === undefined ? event.timeMs : view.endedMs,
      };
    case 'finished':
      if (view.finished !== undefined) return view;
      return { ...view, finished: record.value, endedMs: event.timeMs };
    case 'unit':
      if (view.jobs.has(record.value.name)) return view;
      return { ...view, jobs: new Map(view.jobs).set(record.value.name, record.value.json) };
    case 'policy': {
      const { batches } = record.value;
      if (view.policies.has(batches)) return view;
      return { ...view, policies: new Map(view.policies).set(batches, record.value) };
    }
  }
}

/** The open episodes, with one whose slots have changed. */
function openWith(open: ReadonlySet<number>, episode: number, { reward }: EpisodeSlots): ReadonlySet<number> {
  if (open.has(episode) === (reward === undefined)) return open;
  const next = new Set(open);
  if (reward === undefined) next.add(episode);
  else next.delete(episode);
  return next;
}

/** Whether every service has written its result for an episode. */
export function isMeasured(slots: EpisodeSlots): boolean {
  return WORKER_STAGES.every((stage) => slots[stage] !== undefined && slots[stage].event.failure === undefined);
}

/** Whether other services still have to work on an episode. */
export function isInHand(slots: EpisodeSlots): boolean {
  const { propose, reward } = slots;
  const hasFailed = WORKER_STAGES.some((stage) => slots[stage]?.event.failure !== undefined);
  return propose !== undefined && reward === undefined && !hasFailed && !isMeasured(slots);
}

/** The facts of each slot. */
interface FactsBySlot {
  readonly propose: ProposeFacts;
  readonly fit: FitFacts;
  readonly assess: AssessFacts;
  readonly evaluate: EvaluateFacts;
  readonly reward: RewardFacts;
}

/** The facts of a slot that was written as ok; undefined otherwise. */
export function factsOf<S extends Slot>(slot: WrittenSlot | undefined, name: S): FactsBySlot[S] | undefined {
  const facts = slot?.event.facts;
  return facts?.$case === name ? (facts.value as FactsBySlot[S]) : undefined;
}

/** An episode that was proposed. */
interface ProposedEpisode {
  readonly episode: number;
  readonly slots: EpisodeSlots;
  readonly propose: ProposeFacts;
}

/** Episodes that were proposed, in order. */
export function proposedEpisodes({ episodes }: StudyView): ProposedEpisode[] {
  return [...episodes].flatMap(([episode, slots]) => proposedAs(episode, slots));
}

/** Episodes that were proposed and have no reward, in order. */
export function openEpisodes({ episodes, open }: StudyView): ProposedEpisode[] {
  return [...open].sort((a, b) => a - b).flatMap((episode) => proposedAs(episode, episodes.get(episode) ?? {}));
}

function proposedAs(episode: number, slots: EpisodeSlots): ProposedEpisode[] {
  const propose = factsOf(slots.propose, 'propose');
  return propose === undefined ? [] : [{ episode, slots, propose }];
}

/** Episodes that were rewarded, in order. */
export function rewardedEpisodes(view: StudyView): (Candidate & { facts: RewardFacts })[] {
  return proposedEpisodes(view).flatMap(({ episode, slots, propose }) => {
    const facts = factsOf(slots.reward, 'reward');
    if (facts === undefined) return [];
    return [
      {
        episode,
        hyperparameters: decodeConfiguration(propose.hyperparameters, 'propose.hyperparameters'),
        reward: facts.reward,
        facts,
      },
    ];
  });
}

/** Whether every episode has ended. */
export function isSearched(view: StudyView): boolean {
  const wanted = view.created?.settings.episodes ?? Number.POSITIVE_INFINITY;
  return view.episodes.size >= wanted && view.open.size === 0;
}
