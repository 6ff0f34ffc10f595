import { SpanKind } from '@opentelemetry/api';
import { appendedAttributes, producerAttributes } from '@qloom/service-kit/stage/messaging-attributes.ts';
import { encodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { encodeNamedValues } from '@qloom/study-rpc/codec/named-values.ts';
import { contextFromHeaders } from '@qloom/telemetry/event-headers.ts';
import { episodesInFlight } from '../../domain/search/in-flight.ts';
import { batchOf, policyOf, proposable, versionOf } from '../../domain/search/search-state.ts';
import { runAgentStage } from './agent-stage.ts';
import { noteEpisodes, type Search } from './episodes-so-far.ts';
import { foldsOf } from './proposed-folds.ts';
import type { SearchContext } from './search-context.ts';

/** Stage `propose`, for every episode whose batches are folded, as far as the number in flight allows. */
export async function proposeEpisodes(context: SearchContext, search: Search): Promise<void> {
  // Rewards written since the fold reduce the number in flight.
  const now = noteEpisodes(search, context.journal.view);
  const inFlight = episodesInFlight(context.replicas.current(), context.settings);
  for (const episode of proposable(now, inFlight)) await proposeEpisode(context, now, episode);
}

async function proposeEpisode(context: SearchContext, search: Search, episode: number): Promise<void> {
  const { journal, settings, seeds, space, policy, policySettings, clock } = context;
  const batch = batchOf(search.plan, episode);
  const version = versionOf(search, episode);
  const { study } = journal;
  const span = {
    study,
    episode,
    kind: SpanKind.PRODUCER,
    parent: 'root',
    links: [contextFromHeaders(journal.view.traces.get('create'))],
    attributes: producerAttributes(journal.log, { study, episode, slot: 'propose' }),
  } as const;
  await runAgentStage('propose', span, clock, async (startedAtMs, active) => {
    const request = { batch, firstEpisode: episode, count: 1 };
    const [proposal] = await policy.propose(policySettings, policyOf(version), request);
    const { folds, continueFrom } = foldsOf(context, proposal, version.batches * settings.batchSize);
    const value = {
      batch,
      origin: proposal.origin,
      hyperparameters: encodeConfiguration(space, proposal.hyperparameters),
      seed: seeds.episode(episode),
      policyVersion: version.batches * settings.batchSize,
      multipliers: encodeNamedValues(version.multipliers),
      folds,
      data: journal.view.prepared?.data,
      qnn: settings.qnn,
      qnnSeeds: seeds.qnn(settings.qnnSeeds),
      continueFrom,
    };
    const result = { facts: { $case: 'propose', value } } as const;
    const { status, event } = await journal.writeSlot({ episode, slot: 'propose' }, startedAtMs, result);
    active.setAttributes(appendedAttributes(event));
    return status === 'exists' ? 'adopted' : 'ok';
  });
}
