import { SpanKind } from '@opentelemetry/api';
import type { StudyPolicy } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { type FailureReason, FailureReason as Reason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifact-store.ts';
import type { EpisodeKey } from '@qloom/episode-log/event-key.ts';
import type { AppendResult, EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import { classifyFault } from '@qloom/service-kit/faults.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import { encodeSlot, type FailureName, failureOf, type SlotContent } from '@qloom/service-kit/slot-events.ts';
import { contextFromHeaders, traceHeaders } from '@qloom/telemetry/event-headers.ts';
import { recordQueueWait, recordStageDuration } from '@qloom/telemetry/metrics.ts';
import { ATTR_OUTCOME } from '@qloom/telemetry/schema.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import type { PolicySettings } from '../domain/policy/policy.ts';
import { createSpace, type Space } from '../domain/space/space.ts';
import { createSeeds, type StudySeeds } from '../domain/study/seeds.ts';
import { batchOf, proposable, versionFor } from '../domain/study/study-fold.ts';
import { decodeParameter, encodePoint } from '../events/hyperparameters.ts';
import { encodeReward } from '../events/measurement.ts';
import { encodeNamed } from '../events/named-values.ts';
import { encodeRecord, type Recorded } from '../events/study-record.ts';
import type { Peers } from '../peers/peers.ts';
import type { OpenPolicy, PolicyMemory, PolicyPort } from '../peers/policy-port.ts';
import type { Clock } from './clock.ts';
import { createFinalEvaluation, type FinalEvaluation } from './final-evaluation.ts';
import { memoryOfPolicy, recordOfPolicy } from './policy-memory.ts';
import { prepareStudy } from './prepare.ts';
import {
  type CompleteBatch,
  foldBatches,
  judgeEpisode,
  measurementOf,
  noteEpisodes,
  policySettings,
  type Search,
  startSearch,
} from './search.ts';
import type { CompleteSettings } from './settings.ts';
import { openStudyData } from './study-data.ts';
import {
  applyEvent,
  type EpisodeSlots,
  emptyView,
  isSearched,
  proposedEpisodes,
  type StandingSlot,
  type StudyView,
} from './study-view.ts';

/** What a study needs to run. */
export interface RunnerDeps {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly peers: Peers;
  readonly openPolicy: OpenPolicy;
  readonly clock: Clock;
  readonly log: Logger;
  /** Units of the final evaluation at once. */
  readonly unitConcurrency: number;
}

/** A study that runs here. */
export interface StudyRunner {
  /** Resolves when the study has ended or {@link StudyRunner.stop} was called; never rejects. */
  readonly done: Promise<void>;
  /** Stops at once; whoever starts the study again goes on from the log. */
  stop(): Promise<void>;
}

/** What stands ready once a study is created. */
interface Opened {
  readonly settings: CompleteSettings;
  readonly seeds: StudySeeds;
  readonly space: Space;
  readonly policy: PolicyPort;
  readonly forPolicy: PolicySettings;
}

/** Faults in a row, none of them of the infrastructure, after which a study is given up. */
const GIVE_UP_AFTER = 5;

/**
 * Drives one study from its log alone: replay, then one step after another until nothing is due, then wait for the next
 * event. Every step writes a slot, once; when another writer was faster, what it wrote is adopted. So the runner may die
 * between any two steps, and another one goes on.
 */
export function runStudy(study: string, deps: RunnerDeps): StudyRunner {
  const stopping = new AbortController();
  const runner = new Runner(study, deps, stopping.signal);
  const done = runner.run().catch((error) => {
    if (!stopping.signal.aborted) deps.log.error('a study stopped', { study, error });
  });
  return {
    done,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

class Runner {
  readonly #study: string;
  readonly #deps: RunnerDeps;
  readonly #signal: AbortSignal;
  readonly #log: Logger;
  #view: StudyView;
  /** The view as it stood when nothing more was due. */
  #advanced: StudyView | undefined;
  #opened: Opened | undefined;
  #search: Search | undefined;
  #evaluation: FinalEvaluation | undefined;
  #cancelTimer: () => void = () => {};
  #faults = 0;

  constructor(study: string, deps: RunnerDeps, signal: AbortSignal) {
    this.#study = study;
    this.#deps = deps;
    this.#signal = signal;
    this.#log = deps.log.with({ study });
    this.#view = emptyView(study);
  }

  async run(): Promise<void> {
    const { episodeLog, clock } = this.#deps;
    // An own signal ends the watch when the study ends, which no later event would.
    const over = new AbortController();
    const signal = AbortSignal.any([this.#signal, over.signal]);
    try {
      while (!this.#signal.aborted) {
        try {
          // Where the replay ended, not where the view stands: what this runner writes below comes after what workers
          // write meanwhile, and that must be seen.
          let after = 0;
          for (const event of await episodeLog.replay(this.#study)) {
            this.#apply(event);
            after = event.sequence;
          }
          if (await this.#advance()) return;
          for await (const event of episodeLog.watch(this.#study, { after, signal })) {
            this.#apply(event);
            // What this runner wrote itself comes back here, and was acted upon already.
            if (this.#view !== this.#advanced && (await this.#advance())) return;
          }
        } catch (error) {
          if (this.#signal.aborted) return;
          if (await this.#giveUp(error)) return;
          await clock.sleep(Math.min(10_000, 200 * 2 ** this.#faults), this.#signal);
        }
      }
    } finally {
      over.abort();
      this.#cancelTimer();
      await this.#evaluation?.stop();
      this.#opened?.policy.close();
    }
  }

  #apply(event: LogEvent): void {
    this.#view = applyEvent(this.#view, event);
  }

  /** Counts a fault; an infrastructure's never ends a study. True where the study was written off. */
  async #giveUp(error: unknown): Promise<boolean> {
    const fault = classifyFault(error);
    this.#log.warn('a step of the study failed', { fault: fault.kind, error });
    this.#faults += 1;
    if (fault.kind === 'infrastructure') return false;
    if (fault.kind === 'unexplained' && this.#faults < GIVE_UP_AFTER) return false;
    const message = error instanceof Error ? error.message : String(error);
    const reason = fault.kind === 'failed' && fault.reason === 'invalid' ? Reason.INVALID : Reason.POISON;
    await this.#finishFailed(reason, message);
    return true;
  }

  async #finishFailed(reason: FailureReason, message: string): Promise<void> {
    this.#log.error('study failed', { reason: message });
    await this.#record({ $case: 'finished', value: { failure: { reason, message } } });
  }

  /** Does everything that is due. True when the study has ended. */
  async #advance(): Promise<boolean> {
    if (this.#view.created === undefined) return false;
    if (this.#view.finished !== undefined) return true;
    if (this.#view.isCancelled) {
      await this.#evaluation?.stop();
      await this.#failOpenEpisodes('cancelled', 'the study was cancelled');
      return true;
    }
    const opened = (this.#opened ??= this.#open(this.#view.created.settings));
    if (this.#view.prepared === undefined) await this.#prepare(opened);
    await this.#reward(opened);
    await this.#fold(opened);
    await this.#propose(opened);
    this.#watchDeadlines(opened);
    this.#faults = 0;
    this.#advanced = this.#view;
    if (!isSearched(this.#view)) return false;
    this.#evaluation ??= createFinalEvaluation(
      { ...opened, ...this.#deps, study: this.#study, log: this.#log },
      async (record) => void (await this.#record(record)),
    );
    // Units that end meanwhile change the view; only what was looked at counts as acted upon.
    const looked = this.#view;
    await this.#evaluation.advance(looked);
    this.#advanced = looked;
    return this.#view.finished !== undefined;
  }

  #open(settings: CompleteSettings): Opened {
    const seeds = createSeeds(settings.seed);
    const space = createSpace((this.#view.created?.space ?? []).map(decodeParameter));
    const policy = this.#deps.openPolicy(settings.policy);
    return { settings, seeds, space, policy, forPolicy: policySettings(settings, space, seeds) };
  }

  async #prepare({ settings, seeds }: Opened): Promise<void> {
    const data = await openStudyData(settings, seeds, this.#deps.artifacts);
    const value = await prepareStudy(settings, seeds, data, this.#deps.artifacts);
    await this.#record({ $case: 'prepared', value });
  }

  /** Ends every episode whose slots say how it ends. */
  async #reward(opened: Opened): Promise<void> {
    this.#search = noteEpisodes(this.#currentSearch(opened), this.#view);
    for (const { episode, slots } of proposedEpisodes(this.#view)) {
      if (slots.reward !== undefined) continue;
      const failed = [slots.fit, slots.assess, slots.evaluate].find((slot) => slot && failureOf(slot.event));
      if (failed !== undefined) {
        const { reason, message } = failureOf(failed.event) ?? { reason: 'invalid' as const, message: '' };
        await this.#writeReward(episode, failed, { reason, message });
      } else if (slots.assess !== undefined && slots.evaluate !== undefined && slots.fit !== undefined) {
        await this.#writeReward(episode, slots.evaluate, () => this.#judge(opened, episode, slots));
      }
    }
    this.#search = noteEpisodes(this.#search, this.#view);
  }

  #judge({ settings, seeds }: Opened, episode: number, slots: EpisodeSlots): SlotContent['result'] {
    try {
      const measurement = measurementOf(slots);
      if (measurement === undefined) throw new Error(`episode ${episode}: a slot is missing`);
      const judgement = judgeEpisode(this.#search as Search, settings, seeds, episode, slots, measurement);
      return { facts: { $case: 'reward', value: encodeReward(judgement, settings.reward.form) } };
    } catch (error) {
      const fault = classifyFault(error);
      if (fault.kind !== 'failed') throw error;
      return { reason: fault.reason, message: error instanceof Error ? error.message : String(error) };
    }
  }

  async #writeReward(
    episode: number,
    cause: StandingSlot,
    result: SlotContent['result'] | (() => SlotContent['result']),
  ): Promise<void> {
    const startedAtMs = this.#deps.clock.now();
    const parent = contextFromHeaders(cause.log.headers);
    await withSpan('reward', { study: this.#study, episode, kind: SpanKind.CONSUMER, parent }, async (span) => {
      const content = typeof result === 'function' ? result() : result;
      const { status } = await this.#writeSlot({ study: this.#study, episode, slot: 'reward' }, startedAtMs, content);
      const outcome = status === 'exists' ? 'adopted' : 'facts' in content ? 'ok' : 'failed';
      span.setAttribute(ATTR_OUTCOME, outcome);
      recordStageDuration('reward', outcome, (this.#deps.clock.now() - startedAtMs) / 1000);
      recordQueueWait('reward', outcome, (startedAtMs - cause.log.timeMs) / 1000);
    });
  }

  async #failOpenEpisodes(reason: FailureName, message: string): Promise<void> {
    for (const { episode, slots } of proposedEpisodes(this.#view)) {
      if (slots.reward === undefined && slots.propose !== undefined) {
        await this.#writeReward(episode, slots.propose, { reason, message });
      }
    }
  }

  async #fold({ settings, policy, forPolicy }: Opened): Promise<void> {
    this.#search = await foldBatches(this.#search as Search, policy, forPolicy, async (batch) => {
      if (!this.#view.policies.has(batch.batches)) await this.#learn(batch);
      // What stands in the log counts, whoever wrote it: another agent may have been faster, on another kind of machine.
      const newest = Math.max(...this.#view.policies.keys());
      if (batch.batches < newest - settings.staleness) return null;
      return memoryOfPolicy(this.#deps.artifacts, this.#view.policies.get(batch.batches) as StudyPolicy);
    });
  }

  async #learn({ batches, lastEpisode, learn }: CompleteBatch): Promise<void> {
    const { artifacts, clock } = this.#deps;
    const parent = contextFromHeaders(this.#view.episodes.get(lastEpisode)?.reward?.log.headers);
    await withSpan('update-policy', { study: this.#study, episode: lastEpisode, parent }, async (span) => {
      const startedAtMs = clock.now();
      const value = await recordOfPolicy(artifacts, batches, await learn());
      const { status } = await this.#record({ $case: 'policy', value });
      const outcome = status === 'exists' ? 'adopted' : 'ok';
      span.setAttribute(ATTR_OUTCOME, outcome);
      recordStageDuration('update-policy', outcome, (clock.now() - startedAtMs) / 1000);
    });
  }

  async #propose(opened: Opened): Promise<void> {
    const search = this.#search as Search;
    for (const episode of proposable(search)) await this.#proposeOne(opened, search, episode);
    this.#search = noteEpisodes(search, this.#view);
  }

  async #proposeOne(
    { settings, seeds, space, policy, forPolicy }: Opened,
    search: Search,
    episode: number,
  ): Promise<void> {
    const startedAtMs = this.#deps.clock.now();
    const batch = batchOf(search.plan, episode);
    const version = search.versions[versionFor(search.plan, episode)];
    const span = { study: this.#study, episode, kind: SpanKind.PRODUCER, parent: 'root' } as const;
    await withSpan('propose', span, async (active) => {
      const request = { batch, firstEpisode: episode, count: 1 };
      const [proposal] = await policy.propose(forPolicy, version.policy as PolicyMemory, request);
      const facts = {
        batch,
        origin: proposal.origin,
        hyperparameters: encodePoint(space, proposal.hyperparameters),
        seed: seeds.episode(episode),
        policyVersion: version.batches * settings.batchSize,
        multipliers: encodeNamed(version.multipliers),
        folds: this.#view.prepared?.folds ?? [],
        data: this.#view.prepared?.data,
        qnn: settings.qnn,
        qnnSeeds: seeds.qnn(settings.qnnSeeds),
      };
      const result = { facts: { $case: 'propose', value: facts } } as const;
      const { status } = await this.#writeSlot({ study: this.#study, episode, slot: 'propose' }, startedAtMs, result);
      const outcome = status === 'exists' ? 'adopted' : 'ok';
      active.setAttribute(ATTR_OUTCOME, outcome);
      recordStageDuration('propose', outcome, (this.#deps.clock.now() - startedAtMs) / 1000);
    });
  }

  /** Fails what is overdue, and asks to be woken when the next open episode will be. */
  #watchDeadlines({ settings }: Opened): void {
    this.#cancelTimer();
    const { clock } = this.#deps;
    const open = proposedEpisodes(this.#view).filter(({ slots }) => slots.reward === undefined);
    if (open.length === 0) return;
    const limitMs = settings.episodeDeadlineSeconds * 1000;
    const due = Math.min(...open.map(({ slots }) => (slots.propose?.log.timeMs ?? 0) + limitMs));
    this.#cancelTimer = clock.setTimer(Math.max(0, due - clock.now()), () => {
      const overdue = open.filter(({ slots }) => (slots.propose?.log.timeMs ?? 0) + limitMs <= clock.now());
      const message = `the episode took longer than ${settings.episodeDeadlineSeconds} s`;
      Promise.all(
        overdue.map(({ episode, slots }) =>
          this.#writeReward(episode, slots.propose as StandingSlot, { reason: 'deadline', message }),
        ),
      ).catch((error) => this.#log.warn('a deadline could not be written; the next event tries again', { error }));
    });
  }

  async #writeSlot(key: EpisodeKey, startedAtMs: number, result: SlotContent['result']): Promise<AppendResult> {
    const { clock, episodeLog } = this.#deps;
    const payload = encodeSlot(key, { startedAtMs, endedAtMs: clock.now(), attempt: 1, result });
    const appended = await episodeLog.append(key, payload, traceHeaders());
    this.#apply(appended.event);
    return appended;
  }

  /** Writes a slot of the study itself, or adopts what stands there. */
  async #record(record: Recorded): Promise<AppendResult> {
    const { key, payload } = encodeRecord(this.#study, record, this.#deps.clock.now());
    const appended = await this.#deps.episodeLog.append(key, payload);
    this.#apply(appended.event);
    return appended;
  }

  #currentSearch({ settings }: Opened): Search {
    return (this.#search ??= startSearch(settings));
  }
}
