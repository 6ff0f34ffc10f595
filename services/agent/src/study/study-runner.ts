import { type Failure, FailureReason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import { jobsInFlight } from '../domain/search/in-flight.ts';
import type { ClassicalThreads } from '../workers/classical-threads.ts';
import { prepareStudy } from './data/prepare.ts';
import { openStudyData } from './data/study-data.ts';
import { createFinalEvaluation, type FinalEvaluation } from './final-evaluation/final-evaluation.ts';
import type { ObservedStudy } from './observe-studies.ts';
import { type OpenedStudy, openStudy } from './opened-study.ts';
import type { Peers } from './peers.ts';
import { createJournal, type StudyJournal } from './replay/study-journal.ts';
import { isSearched, type StudyView } from './replay/study-view.ts';
import { nextOrChange, type ReplicaWatch } from './replica-watch.ts';
import type { Clock } from './retry/clock.ts';
import { retryDelayMs } from './retry/retry-delay.ts';
import type { Stalls } from './retry/stalls.ts';
import { type OpenPolicy, PolicyRefusedError } from './search/policy-port.ts';
import { searchWithoutReward } from './search/search-without-reward.ts';
import { failOpenEpisodes } from './search/write-reward.ts';

/** Dependencies of a running study. */
export interface RunnerDeps {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly peers: Peers;
  readonly classical: ClassicalThreads;
  readonly openPolicy: OpenPolicy;
  readonly clock: Clock;
  readonly log: Logger;
  /** Maximum number of concurrent jobs of the final evaluation. Undefined: as many as the replicas can work on. */
  readonly jobConcurrency: number | undefined;
}

/** The same with what the agent watches for all its studies. */
export interface RunningDeps extends RunnerDeps {
  readonly replicas: ReplicaWatch;
}

/** A study that runs in this process. */
export interface StudyRunner {
  /**
   * Resolves with true when the study has ended, and with false when {@link StudyRunner.stop} was called or this program has a
   * fault, which is logged; never rejects.
   */
  readonly done: Promise<boolean>;
  /** What is known of the study, and the jobs of its final evaluation that are due, or run. */
  readonly progress: Omit<ObservedStudy, 'isStalled'>;
  /** Stops at once. A later runner of the same study continues from the log. */
  stop(): Promise<void>;
}

/** The name of the runner's own steps in `stalls`; jobs have their own names. */
const OWN_STEPS = 'the study';

/**
 * Runs one study from its log: replays it, does every step that is due, then waits for the next event. Each step writes
 * a slot once, and adopts the event of another writer that was faster. Therefore a runner may die between any two
 * steps, and another one continues.
 *
 * A step that fails is tried again, without limit, and `stalls` has its reason. A study ends without a result only for a reason
 * in its log: all its episodes failed, or a job of the final evaluation cannot be done. The one exception is a policy that
 * refuses the study before its first proposal.
 */
export function runStudy(study: string, deps: RunningDeps, stalls: Stalls): StudyRunner {
  const stopping = new AbortController();
  const runner = new Runner(study, deps, stalls, stopping.signal);
  const done = runner
    .run()
    .catch((error) => {
      deps.log.error('a study stopped', { study, error });
      return false;
    })
    .finally(() => stalls.clearAll());
  return {
    done,
    get progress() {
      return runner.progress;
    },
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

class Runner {
  readonly #deps: RunningDeps;
  readonly #signal: AbortSignal;
  readonly #log: Logger;
  readonly #stalls: Stalls;
  readonly #journal: StudyJournal;
  /** The view when no step was due. */
  #advanced: StudyView | undefined;
  #opened: OpenedStudy | undefined;
  #evaluation: FinalEvaluation | undefined;
  /** Why the study must end, if that does not follow from its log. */
  #refusal: Failure | undefined;
  #faults = 0;

  constructor(study: string, deps: RunningDeps, stalls: Stalls, signal: AbortSignal) {
    this.#deps = deps;
    this.#stalls = stalls;
    this.#signal = signal;
    this.#log = deps.log.with({ study });
    this.#journal = createJournal(study, deps);
  }

  get progress(): Omit<ObservedStudy, 'isStalled'> {
    const { lag = 0, running = 0 } = this.#evaluation ?? {};
    return { view: this.#journal.view, jobs: { lag, running } };
  }

  /** Whether the study has ended. */
  async run(): Promise<boolean> {
    const { episodeLog, clock, replicas } = this.#deps;
    const { study } = this.#journal;
    // Counts go on while the study runs.
    const uncount = replicas.subscribe(() => {});
    try {
      while (!this.#signal.aborted) {
        try {
          // The end of the replay, not the view's sequence: events of workers may precede those that this runner writes
          // below, and must be processed.
          let after = 0;
          for (const event of await episodeLog.replay(study)) {
            this.#journal.apply(event);
            after = event.sequence;
          }
          if (await this.#follow(after)) return true;
        } catch (error) {
          if (this.#signal.aborted) return false;
          this.#noteFault(error);
          await clock.sleep(retryDelayMs(this.#faults), this.#signal);
        }
      }
      return false;
    } finally {
      uncount();
      this.#opened?.search.stop();
      await this.#evaluation?.stop();
    }
  }

  /**
   * Does the steps that are due, and those that become due with an event above `after` or a change of the replicas. True if the
   * study has ended, false if the watch has.
   */
  async #follow(after: number): Promise<boolean> {
    const { episodeLog, replicas } = this.#deps;
    // A separate signal ends the watch when the study ends, because there is no later event.
    const over = new AbortController();
    const signal = AbortSignal.any([this.#signal, over.signal]);
    const events = episodeLog.watch(this.#journal.study, { after, signal })[Symbol.asyncIterator]();
    const nextEvent = () => {
      const next = events.next();
      // The last one is not awaited.
      next.catch(() => {});
      return next;
    };
    try {
      for (let next = nextEvent(); ; ) {
        const counted = replicas.current();
        if (await this.#advance()) return true;
        // The watch also returns events that this runner wrote and has already processed.
        while (this.#journal.view === this.#advanced && replicas.current() === counted) {
          const got = await nextOrChange(next, replicas.subscribe);
          if (got === undefined) continue;
          if (got.done) return false;
          this.#journal.apply(got.value);
          next = nextEvent();
        }
      }
    } finally {
      over.abort();
    }
  }

  /** Counts and reports a fault. Only a policy that refuses a study before its first proposal ends the study. */
  #noteFault(error: unknown): void {
    this.#log.warn('a step of the study failed; it is tried again', { fault: classifyFault(error).kind, error });
    this.#faults += 1;
    this.#stalls.note(OWN_STEPS, error);
    if (error instanceof PolicyRefusedError && this.#journal.view.episodes.size === 0) {
      this.#refusal = { reason: FailureReason.INVALID, message: error.message };
    }
  }

  /** Does all steps that are due, until nothing changes. True if the study has ended. */
  async #advance(): Promise<boolean> {
    for (;;) {
      const before = this.#journal.view;
      if (await this.#advanceOnce()) return true;
      // A step may make an earlier one due, and deadlines and jobs write concurrently.
      if (this.#journal.view === before) break;
    }
    this.#advanced = this.#journal.view;
    this.#faults = 0;
    this.#stalls.clear(OWN_STEPS);
    return false;
  }

  async #advanceOnce(): Promise<boolean> {
    const journal = this.#journal;
    const { created } = journal.view;
    if (created === undefined) return false;
    if (journal.view.finished !== undefined) return true;
    if (journal.view.isCancelled) {
      await this.#evaluation?.stop();
      await failOpenEpisodes({ journal, clock: this.#deps.clock }, 'cancelled', 'the study was cancelled');
      return true;
    }
    if (this.#refusal !== undefined) return this.#fail(this.#refusal);
    const opened = (this.#opened ??= openStudy(created, { ...this.#deps, journal, log: this.#log }));
    if (journal.view.prepared === undefined) await this.#prepare(opened);
    await opened.search.advance();
    if (!isSearched(journal.view)) return false;
    const fruitless = searchWithoutReward(journal.view);
    if (fruitless !== null) return this.#fail(fruitless);
    this.#evaluation ??= createFinalEvaluation(
      {
        ...opened,
        ...this.#deps,
        jobConcurrency: this.#jobs,
        study: journal.study,
        log: this.#log,
        stalls: this.#stalls,
      },
      async (record, headers) => void (await journal.record(record, headers)),
    );
    await this.#evaluation.advance(journal.view);
    return journal.view.finished !== undefined;
  }

  readonly #jobs = (): number => this.#deps.jobConcurrency ?? jobsInFlight(this.#deps.replicas.current());

  async #prepare({ settings, seeds }: OpenedStudy): Promise<void> {
    const { artifacts } = this.#deps;
    const data = await openStudyData(settings, seeds, artifacts, this.#signal);
    const value = await prepareStudy(settings, seeds, data, artifacts);
    await this.#journal.record({ $case: 'prepared', value });
  }

  /** Ends the study without a result. */
  async #fail(failure: Failure): Promise<true> {
    this.#log.error('study failed', { reason: failure.message });
    await this.#journal.record({ $case: 'finished', value: { failure } });
    return true;
  }
}
