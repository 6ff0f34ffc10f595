import { SpanKind } from '@opentelemetry/api';
import type { StudyPolicy } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { type FailureReason, FailureReason as Reason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeKey } from '@qloom/episode-log/event-key.ts';
import type { AppendResult, EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import { encodeSlot, type FailureName, failureOf, type SlotContent } from '@qloom/service-kit/stage/slot-events.ts';
import { createSpace, type Space } from '@qloom/study/space/space.ts';
import { decodeHyperparameter, encodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { encodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { contextFromHeaders, traceHeaders } from '@qloom/telemetry/event-headers.ts';
import { recordQueueWait, recordStageDuration } from '@qloom/telemetry/metrics.ts';
import { ATTR_OUTCOME } from '@qloom/telemetry/schema.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import type { PolicySettings } from '../domain/policy/policy.ts';
import { batchOf, isVersionFolded, policyOf, proposable, versionOf } from '../domain/search/search-state.ts';
import { createSeeds, type StudySeeds } from '../domain/seeds.ts';
import type { Peers } from '../peers/peers.ts';
import { prepareStudy } from './data/prepare.ts';
import { openStudyData } from './data/study-data.ts';
import { createFinalEvaluation, type FinalEvaluation } from './final-evaluation/final-evaluation.ts';
import { encodeReward } from './replay/measurement.ts';
import { encodeRecord, type Recorded } from './replay/study-record.ts';
import {
  applyEvent,
  type EpisodeSlots,
  emptyView,
  isInHand,
  isMeasured,
  isSearched,
  proposedEpisodes,
  type StandingSlot,
  type StudyView,
} from './replay/study-view.ts';
import type { Clock } from './retry/clock.ts';
import { retryDelayMs } from './retry/retry-delay.ts';
import type { Stalls } from './retry/stalls.ts';
import { createDeadlines, type EpisodeDeadlines } from './search/episode-deadlines.ts';
import { memoryOfPolicy, recordOfPolicy } from './search/policy-checkpoint.ts';
import { type OpenPolicy, type PolicyPort, PolicyRefusedError } from './search/policy-port.ts';
import {
  type CompleteBatch,
  foldBatches,
  judgeEpisode,
  measurementOf,
  noteEpisodes,
  policySettings,
  type Search,
  searchWithoutReward,
  startSearch,
} from './search/search.ts';
import type { CompleteSettings } from './settings/complete-settings.ts';

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

/** The name of the runner's own steps among what is stalled; units have their own. */
const OWN_STEPS = 'the study';

/** How a study ends without a result. */
interface Verdict {
  readonly reason: FailureReason;
  readonly message: string;
}

/**
 * Drives one study from its log alone: replay, then one step after another until nothing is due, then wait for the next
 * event. Every step writes a slot, once; when another writer was faster, what it wrote is adopted. So the runner may die
 * between any two steps, and another one goes on.
 *
 * A step that fails is tried again, without limit, and `stalls` says which one and why. What ends a study without a result
 * is in its log: all its episodes failed, or a unit of the final evaluation cannot be done. The one exception is a
 * policy that refuses the study before anything was proposed.
 */
export function runStudy(study: string, deps: RunnerDeps, stalls: Stalls): StudyRunner {
  const stopping = new AbortController();
  const runner = new Runner(study, deps, stalls, stopping.signal);
  const done = runner
    .run()
    .catch((error) => deps.log.error('a study stopped', { study, error }))
    .finally(() => stalls.clearAll());
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
  readonly #stalls: Stalls;
  #view: StudyView;
  /** The view as it stood when nothing more was due. */
  #advanced: StudyView | undefined;
  #opened: Opened | undefined;
  #search: Search | undefined;
  #evaluation: FinalEvaluation | undefined;
  #deadlines: EpisodeDeadlines | undefined;
  /** How the study is to end, where something outside the log decided it. */
  #verdict: Verdict | undefined;
  #faults = 0;

  constructor(study: string, deps: RunnerDeps, stalls: Stalls, signal: AbortSignal) {
    this.#study = study;
    this.#deps = deps;
    this.#stalls = stalls;
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
          this.#noteFault(error);
          await clock.sleep(retryDelayMs(this.#faults), this.#signal);
        }
      }
    } finally {
      over.abort();
      this.#deadlines?.stop();
      await this.#evaluation?.stop();
      this.#opened?.policy.close();
    }
  }

  #apply(event: LogEvent): void {
    this.#view = applyEvent(this.#view, event);
  }

  /** Counts a fault and shows it. Only a policy that refuses a study of which nothing was proposed yet ends it. */
  #noteFault(error: unknown): void {
    this.#log.warn('a step of the study failed; it is tried again', { fault: classifyFault(error).kind, error });
    this.#faults += 1;
    this.#stalls.note(OWN_STEPS, error);
    if (error instanceof PolicyRefusedError && this.#view.episodes.size === 0) {
      this.#verdict = { reason: Reason.INVALID, message: error.message };
    }
  }

  async #finishFailed({ reason, message }: Verdict): Promise<void> {
    this.#log.error('study failed', { reason: message });
    await this.#record({ $case: 'finished', value: { failure: { reason, message } } });
  }

  /** Does everything that is due, until nothing changes any more. True when the study has ended. */
  async #advance(): Promise<boolean> {
    for (;;) {
      const looked = this.#view;
      if (await this.#advanceOnce()) return true;
      // A step may make another one due that comes before it, and deadlines and units write meanwhile.
      if (this.#view === looked) break;
    }
    this.#advanced = this.#view;
    this.#faults = 0;
    this.#stalls.clear(OWN_STEPS);
    return false;
  }

  async #advanceOnce(): Promise<boolean> {
    if (this.#view.created === undefined) return false;
    if (this.#view.finished !== undefined) return true;
    if (this.#view.isCancelled) {
      await this.#evaluation?.stop();
      await this.#failOpenEpisodes('cancelled', 'the study was cancelled');
      return true;
    }
    if (this.#verdict !== undefined) {
      await this.#finishFailed(this.#verdict);
      return true;
    }
    const opened = (this.#opened ??= this.#open(this.#view.created.settings));
    if (this.#view.prepared === undefined) await this.#prepare(opened);
    // Before anything is judged: rewards of a batch rest on the batches before it, of which a new runner has none folded.
    await this.#fold(opened);
    await this.#reward(opened);
    await this.#propose(opened);
    this.#watchDeadlines(opened);
    if (!isSearched(this.#view)) return false;
    const fruitless = searchWithoutReward(this.#view);
    if (fruitless !== null) {
      await this.#finishFailed(fruitless);
      return true;
    }
    this.#evaluation ??= createFinalEvaluation(
      { ...opened, ...this.#deps, study: this.#study, log: this.#log, stalls: this.#stalls },
      async (record) => void (await this.#record(record)),
    );
    await this.#evaluation.advance(this.#view);
    return this.#view.finished !== undefined;
  }

  #open(settings: CompleteSettings): Opened {
    const seeds = createSeeds(settings.seed);
    const space = createSpace((this.#view.created?.space ?? []).map(decodeHyperparameter));
    const policy = this.#deps.openPolicy(settings.policy);
    return { settings, seeds, space, policy, forPolicy: policySettings(settings, space, seeds) };
  }

  async #prepare({ settings, seeds }: Opened): Promise<void> {
    const data = await openStudyData(settings, seeds, this.#deps.artifacts, this.#signal);
    const value = await prepareStudy(settings, seeds, data, this.#deps.artifacts);
    await this.#record({ $case: 'prepared', value });
  }

  /** Ends every episode whose slots say how it ends, as far as what it rests on is folded. */
  async #reward(opened: Opened): Promise<void> {
    const search = this.#search as Search;
    for (const { episode, slots } of proposedEpisodes(this.#view)) {
      if (slots.reward !== undefined) continue;
      const failed = [slots.fit, slots.assess, slots.evaluate].find((slot) => slot && failureOf(slot.event));
      if (failed !== undefined) {
        const { reason, message } = failureOf(failed.event) ?? { reason: 'invalid' as const, message: '' };
        await this.#writeReward(episode, failed, { reason, message });
      } else if (slots.evaluate !== undefined && isMeasured(slots) && isVersionFolded(search, episode)) {
        await this.#writeReward(episode, slots.evaluate, () => this.#judge(opened, episode, slots));
      }
    }
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

  /** Folds every batch that has ended, and with it what the view knows of episodes. */
  async #fold({ settings, policy, forPolicy }: Opened): Promise<void> {
    const noted = noteEpisodes((this.#search ??= startSearch(settings)), this.#view);
    this.#search = await foldBatches(noted, policy, forPolicy, async (batch) => {
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
    // Rewards that were written since the fold make room in flight.
    const search = noteEpisodes(this.#search as Search, this.#view);
    for (const episode of proposable(search)) await this.#proposeOne(opened, search, episode);
  }

  async #proposeOne(
    { settings, seeds, space, policy, forPolicy }: Opened,
    search: Search,
    episode: number,
  ): Promise<void> {
    const startedAtMs = this.#deps.clock.now();
    const batch = batchOf(search.plan, episode);
    const version = versionOf(search, episode);
    const span = { study: this.#study, episode, kind: SpanKind.PRODUCER, parent: 'root' } as const;
    await withSpan('propose', span, async (active) => {
      const request = { batch, firstEpisode: episode, count: 1 };
      const [proposal] = await policy.propose(forPolicy, policyOf(version), request);
      const facts = {
        batch,
        origin: proposal.origin,
        hyperparameters: encodeConfiguration(space, proposal.hyperparameters),
        seed: seeds.episode(episode),
        policyVersion: version.batches * settings.batchSize,
        multipliers: encodeNamedValues(version.multipliers),
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

  /** Has the episodes watched that the other services have in hand. */
  #watchDeadlines({ settings }: Opened): void {
    const { clock } = this.#deps;
    const limitMs = settings.episodeDeadlineSeconds * 1000;
    const message = `the episode took longer than ${settings.episodeDeadlineSeconds} s`;
    const expire = async (episodes: readonly number[]): Promise<void> => {
      for (const episode of episodes) await this.#expire(episode, message);
    };
    this.#deadlines ??= createDeadlines({ clock, log: this.#log, limitMs, expire });
    this.#deadlines.watch(
      proposedEpisodes(this.#view).flatMap(({ episode, slots }) => (isInHand(slots) ? [episode] : [])),
    );
  }

  /** Ends an overdue episode, unless the services have ended it while this runner could not look. */
  async #expire(episode: number, message: string): Promise<void> {
    for (const slot of ['fit', 'assess', 'evaluate', 'reward'] as const) {
      const event = await this.#deps.episodeLog.read({ study: this.#study, episode, slot });
      if (event !== undefined) this.#apply(event);
    }
    const slots = this.#view.episodes.get(episode);
    if (slots?.propose === undefined || !isInHand(slots)) return;
    await this.#writeReward(episode, slots.propose, { reason: 'deadline', message });
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
}
