import { type Failure, FailureReason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import { invalidReason } from '@qloom/study/hyperparameters/check-value.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { METHOD } from '@qloom/study/synthesis/offered-method.ts';
import { methodNeeds, offeredMethods } from '@qloom/study-rpc/codec/offered-methods.ts';
import { offeredRatio } from '@qloom/study-rpc/codec/offered-ratio.ts';
import { contextFromHeaders } from '@qloom/telemetry/event-headers.ts';
import { baselineHyperparameters } from '../../domain/evaluation/baseline-tuning.ts';
import type { Choices } from '../../domain/evaluation/choices.ts';
import { type EvaluationPlan, type Job, REAL_ONLY, replicateJob } from '../../domain/evaluation/jobs.ts';
import type { Recipe } from '../../domain/evaluation/recipe.ts';
import type { StudySeeds } from '../../domain/seeds.ts';
import { withLearnedDefault } from '../../domain/selection/learned-defaults.ts';
import type { ClassicalThreads } from '../../workers/classical-threads.ts';
import { getPoints, putArtifact } from '../data/points-artifact.ts';
import { loadManifest } from '../data/prepare.ts';
import { openStudyData } from '../data/study-data.ts';
import { advertisedSpace, type Peers } from '../peers.ts';
import { episodeRecipe } from '../replay/episode-recipe.ts';
import type { Recorded } from '../replay/study-record.ts';
import { isSearched, type StudyView } from '../replay/study-view.ts';
import type { Clock } from '../retry/clock.ts';
import type { Stalls } from '../retry/stalls.ts';
import { untilDone } from '../retry/until-done.ts';
import type { CompleteSettings } from '../settings/complete-settings.ts';
import { inEvaluationSpan } from './evaluation-span.ts';
import type { EvaluationContext } from './jobs/evaluation-context.ts';
import { failureOfJob, readJob, type SynthesisResult } from './jobs/job-results.ts';
import { inJobSpan } from './jobs/job-span.ts';
import { runJob } from './jobs/run-job.ts';
import { untilSettled } from './jobs/until-settled.ts';
import { evaluationPlan, knownJobs } from './known-jobs.ts';
import { encodeResult } from './result/result.ts';

/**
 * The final evaluation of a study: evaluates incumbents again, tunes baselines, compares arms, and writes the result.
 */
export interface FinalEvaluation {
  /** Starts jobs that are due and not yet running; writes the result when all are done. Does not wait for jobs. */
  advance(view: StudyView): Promise<void>;
  /** Number of jobs that are due and not done, running ones included. */
  readonly lag: number;
  /** Number of jobs that run. */
  readonly running: number;
  /** Stops running jobs. */
  stop(): Promise<void>;
}

/** Dependencies of {@link createFinalEvaluation}. */
export interface FinalEvaluationDeps {
  readonly study: string;
  readonly settings: CompleteSettings;
  readonly seeds: StudySeeds;
  readonly space: Space;
  readonly peers: Peers;
  readonly classical: ClassicalThreads;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stalls: Stalls;
  /** Maximum number of concurrent jobs. */
  readonly jobConcurrency: () => number;
}

/** Writes a record; its event carries the trace context of `headers`, or else that of the active span. */
type WriteRecord = (record: Recorded, headers?: Readonly<Record<string, string>>) => Promise<void>;

/** Creates a final evaluation that runs at most `jobConcurrency()` jobs at once. */
export function createFinalEvaluation(deps: FinalEvaluationDeps, record: WriteRecord): FinalEvaluation {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  let context: Promise<EvaluationContext> | undefined;
  let lag = 0;

  const start = (job: Job, view: StudyView, choices: Choices | null, opened: EvaluationContext): void => {
    const { name } = job;
    const plan = evaluationPlan(deps.settings, deps.space);
    const recipeOf = (episode: number | null): Recipe =>
      episode === null ? { hyperparameters: plan.defaultConfiguration ?? {} } : episodeRecipe(view, episode);
    const again = { ...deps, signal: stopping.signal };
    const span = { study: deps.study, links: [contextFromHeaders(view.traces.get('create'))] };
    const run = () => runJob(opened, job, choices, stopping.signal, recipeOf);
    const work = untilSettled(name, run, (attempt) => inJobSpan(job, span, deps.clock, attempt), again)
      .then(({ result, headers }) => {
        const value = { name, json: JSON.stringify(result) };
        return untilDone(name, () => record({ $case: 'unit', value }, headers), again);
      })
      // Retries end only when the evaluation is stopped; then there is nothing to write.
      .catch(() => {})
      .finally(() => running.delete(name));
    running.set(name, work);
  };

  return {
    async advance(view) {
      if (!isSearched(view) || stopping.signal.aborted) return;
      context ??= openContext(deps, view, stopping.signal);
      let opened: EvaluationContext;
      try {
        opened = await context;
      } catch (error) {
        context = undefined;
        throw error;
      }
      const plan = evaluationPlan(deps.settings, deps.space);
      const failure = failureOfEvaluation(view, plan);
      if (failure !== null) {
        deps.log.error('study failed', { reason: failure.message });
        await inEvaluationSpan(view, 'failed', deps.clock, () => record({ $case: 'finished', value: { failure } }));
        return;
      }
      const { jobs, arms, choices } = knownJobs(view, plan, deps.settings);
      const isOpen = (job: Job) => !view.jobs.has(job.name);
      lag = 0;
      if (choices !== null && !jobs.some(isOpen)) {
        await inEvaluationSpan(view, 'ok', deps.clock, () => finish(deps, opened, view, arms, choices, record));
        return;
      }
      const isDue = (job: Job) =>
        (choices !== null || ['outer', 'tune', 'tune-reference'].includes(job.kind)) &&
        (job.kind !== 'replicate' || job.after === undefined || view.jobs.has(job.after));
      const due = jobs.filter(isDue).filter(isOpen);
      lag = due.length;
      // The log may show a job before the call that wrote it returns; that job is done, and its place is free. Waiting
      // for the call would miss the last event.
      const limit = deps.jobConcurrency();
      let underWay = [...running.keys()].filter((name) => !view.jobs.has(name)).length;
      for (const job of due) {
        if (underWay >= limit) break;
        if (running.has(job.name)) continue;
        start(job, view, choices, opened);
        underWay++;
      }
    },
    get lag() {
      return lag;
    },
    get running() {
      return running.size;
    },
    async stop() {
      stopping.abort();
      lag = 0;
      await Promise.all(running.values());
    },
  };
}

/**
 * Why the comparison cannot be made, according to its jobs: a service refused one, or the reference arm (real data
 * only) diverged. Null if no reason is known.
 */
function failureOfEvaluation(view: StudyView, plan: EvaluationPlan): Failure | null {
  const references = new Set(
    Array.from({ length: plan.replicates }, (_, replicate) => replicateJob(replicate, REAL_ONLY)),
  );
  for (const name of view.jobs.keys()) {
    const job = failureOfJob(view.jobs, name);
    if (job === undefined || (job.reason !== 'invalid' && !references.has(name))) continue;
    const reason = job.reason === 'invalid' ? FailureReason.INVALID : FailureReason.DIVERGED;
    return { reason, message: `the final evaluation cannot be made: ${name}: ${job.failed}` };
  }
  return null;
}

async function openContext(
  deps: FinalEvaluationDeps,
  view: StudyView,
  signal: AbortSignal,
): Promise<EvaluationContext> {
  const { settings, seeds, artifacts, peers } = deps;
  if (view.prepared === undefined) throw new Error('the study is not prepared');
  const manifest = await loadManifest(artifacts, view.prepared);
  const [offered, generator] = await Promise.all([
    advertisedSpace(peers, signal),
    peers.generator.getCapabilities({}, { signal }),
  ]);
  const methods = offeredMethods(generator);
  const labels = await getPoints(artifacts, manifest.labels, 'labels');
  const tuned = baselineHyperparameters(offered.parameters);
  return {
    ...deps,
    prepared: view.prepared,
    manifest,
    data: await openStudyData(settings, seeds, artifacts, signal),
    labels,
    // Baselines start from the same number of points as Qloom.
    baselineHyperparameters:
      settings.evaluation.choice === '' ? tuned : tuned.map((each) => withLearnedDefault(each, labels.count)),
    offersMethod: (name) =>
      offered.parameters.some((each) => each.name === METHOD && invalidReason(each, name) === null),
    ratio: offeredRatio(generator.capabilities),
    needsOf: (configuration) => methodNeeds(generator, configuration),
    ratioOf: (method) => methods.get(method)?.ratio,
  };
}

async function finish(
  deps: FinalEvaluationDeps,
  context: EvaluationContext,
  view: StudyView,
  arms: readonly string[],
  choices: Choices,
  record: WriteRecord,
): Promise<void> {
  const bytes = new TextEncoder().encode(await encodeResult(context, view, arms, choices));
  const synthesis = readJob<SynthesisResult>(view.jobs, 'synthesis');
  const result = await putArtifact(deps.artifacts, bytes, 'application/json');
  await record({ $case: 'finished', value: { result, synthetic: synthesis?.csv } });
}
