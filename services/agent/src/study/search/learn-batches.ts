import type { StudyPolicy } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { contextFromHeaders } from '@qloom/telemetry/event-headers.ts';
import type { EpisodeResult } from '../../domain/policy/policy.ts';
import { foldBatch, nextBatch, policyOf, type SearchVersion } from '../../domain/search/search-state.ts';
import { runAgentStage } from './agent-stage.ts';
import type { Search } from './episodes-so-far.ts';
import { loadCheckpoint, storeCheckpoint } from './policy-checkpoint.ts';
import type { PolicyCheckpoint } from './policy-port.ts';
import type { SearchContext } from './search-context.ts';

/**
 * Folds every complete batch into the search, in episode order. A batch whose policy checkpoint is not in the log is observed by
 * the policy, and the checkpoint is written.
 */
export async function learnBatches(context: SearchContext, search: Search): Promise<Search> {
  let next = search;
  for (let results = nextBatch(next); results !== null; results = nextBatch(next)) {
    const before = next.versions[next.versions.length - 1];
    next = foldBatch(next, await checkpointAfter(context, before, results));
  }
  return next;
}

/** The policy's checkpoint after one more batch than `before`; null if no proposal will need it. */
async function checkpointAfter(
  context: SearchContext,
  before: SearchVersion<PolicyCheckpoint | null>,
  results: readonly EpisodeResult[],
): Promise<PolicyCheckpoint | null> {
  const { journal, settings, artifacts } = context;
  const batches = before.batches + 1;
  if (!journal.view.policies.has(batches)) await learnBatch(context, before, results);
  // The checkpoint in the log is used, because another agent, on another kind of machine, may have written it first.
  const newest = Math.max(...journal.view.policies.keys());
  if (batches < newest - settings.staleness) return null;
  return loadCheckpoint(artifacts, journal.view.policies.get(batches) as StudyPolicy);
}

/** Stage `update-policy`: the policy observes a batch, and its new checkpoint is written. */
async function learnBatch(
  { journal, policy, policySettings, artifacts, clock }: SearchContext,
  before: SearchVersion<PolicyCheckpoint | null>,
  results: readonly EpisodeResult[],
): Promise<void> {
  const { episode } = results[results.length - 1];
  const parent = contextFromHeaders(journal.view.episodes.get(episode)?.reward?.log.headers);
  await runAgentStage('update-policy', { study: journal.study, episode, parent }, clock, async () => {
    const checkpoint = await policy.observe(policySettings, policyOf(before), before.batches, results);
    const value = await storeCheckpoint(artifacts, before.batches + 1, checkpoint);
    const { status } = await journal.record({ $case: 'policy', value });
    return status === 'exists' ? 'adopted' : 'ok';
  });
}
