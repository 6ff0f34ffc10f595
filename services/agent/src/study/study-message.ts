import { type Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { createSpace } from '@qloom/study/space/space.ts';
import { decodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { idleReplicas, type Replicas } from '../domain/search/in-flight.ts';
import { evaluationPlan, knownJobs } from './final-evaluation/known-jobs.ts';
import { isSearched, proposedEpisodes, rewardedEpisodes, type StudyView } from './replay/study-view.ts';

/**
 * The current state of a study as a message. `waitingFor`: the step that fails and is tried again. `replicas`: those that it can use,
 * where it runs in this process.
 */
export function studyMessage(view: StudyView, waitingFor?: string, replicas?: Replicas): Study {
  const settings = view.created?.settings;
  const rewarded = rewardedEpisodes(view);
  const best = rewarded.reduce<(typeof rewarded)[number] | undefined>(
    (a, b) => (a === undefined || b.reward > a.reward ? b : a),
    undefined,
  );
  const ended = view.episodes.size - view.open.size;
  const state = stateOf(view);
  const jobs = settings !== undefined && isSearched(view) ? unitsTotal(view) : 0;
  return {
    id: view.study,
    state,
    settings,
    proposed: view.episodes.size,
    rewarded: rewarded.length,
    failed: ended - rewarded.length,
    unitsDone: view.jobs.size,
    unitsTotal: Math.max(jobs, view.jobs.size),
    bestReward: best?.reward,
    bestUtility: best?.facts.utility,
    highestUtility: rewarded.length === 0 ? undefined : Math.max(...rewarded.map(({ facts }) => facts.utility)),
    policyUpdates: completeBatches(view),
    message: messageOf(view, state, ended, jobs),
    result: view.finished?.result,
    synthetic: view.finished?.synthetic,
    waitingFor: isEnded(state) ? undefined : waitingFor,
    createTime: view.created === undefined ? undefined : new Date(view.createdMs),
    endTime: isEnded(state) ? new Date(view.endedMs) : undefined,
    idleReplicas: state === StudyState.SEARCHING && replicas && settings ? idleReplicas(replicas, settings) : undefined,
  };
}

function stateOf(view: StudyView): StudyState {
  if (view.finished !== undefined) return view.finished.failure ? StudyState.FAILED : StudyState.FINISHED;
  if (view.isCancelled) return StudyState.CANCELLED;
  if (view.prepared === undefined) return StudyState.PREPARING;
  return isSearched(view) ? StudyState.EVALUATING : StudyState.SEARCHING;
}

/** Whether `state` is final. */
export function isEnded(state: StudyState): boolean {
  return state === StudyState.FINISHED || state === StudyState.FAILED || state === StudyState.CANCELLED;
}

function messageOf(view: StudyView, state: StudyState, ended: number, jobs: number): string {
  switch (state) {
    case StudyState.PREPARING:
      return 'waiting for an agent with room, or drawing data and splits';
    case StudyState.SEARCHING:
      return `${ended} of ${view.created?.settings.episodes} episodes ended, ${view.episodes.size - ended} in flight`;
    case StudyState.EVALUATING:
      return `comparing arms: ${view.jobs.size} of ${jobs} jobs done`;
    case StudyState.FAILED:
      return view.finished?.failure?.message ?? '';
    case StudyState.CANCELLED:
      return 'cancelled';
    default:
      return 'finished';
  }
}

/** Number of batches that have ended, from the first one without a gap: each is one update of the policy. */
function completeBatches(view: StudyView): number {
  const settings = view.created?.settings;
  if (settings === undefined) return 0;
  let episodes = 0;
  for (const { episode, slots } of proposedEpisodes(view)) {
    if (episode !== episodes || slots.reward === undefined) break;
    episodes++;
  }
  return episodes === settings.episodes
    ? Math.ceil(episodes / settings.batchSize)
    : Math.floor(episodes / settings.batchSize);
}

function unitsTotal(view: StudyView): number {
  const { created } = view;
  if (created === undefined) return 0;
  const plan = evaluationPlan(created.settings, createSpace(created.space.map(decodeHyperparameter)));
  return knownJobs(view, plan, created.settings).jobs.length;
}
