import { isDeepStrictEqual } from 'node:util';
import {
  type AskRequest,
  type AskResponse,
  type Campaign,
  type CampaignPoint,
  CampaignSettings,
  type TellRequest,
  type TellResponse,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { traceHeaders } from '@qloom/telemetry/event-headers.ts';
import {
  applyChange,
  type CampaignChange,
  type CampaignState,
  EMPTY_CAMPAIGN,
} from '../../domain/campaign/campaign.ts';
import { planAsk } from '../../domain/campaign/check-ask.ts';
import { planTell } from '../../domain/campaign/check-tell.ts';
import { candidatesOf, choosePoints } from '../../domain/campaign/choose-points.ts';
import type { Peers } from '../peers.ts';
import type { Clock } from '../retry/clock.ts';
import { askSimulator } from '../settings/ask-simulator.ts';
import { requireFitting } from '../settings/usable-qnn.ts';
import { requireStudyId } from '../study-id.ts';
import { askedMessage, campaignMessage, type OpenedCampaign, pointMessage } from './campaign-message.ts';
import { completeSynthesis, needsMet } from './campaign-methods.ts';
import { type CampaignPool, openPool } from './campaign-pool.ts';
import {
  CAMPAIGN_SLOT,
  changeKey,
  decodeAnswer,
  decodeCampaignEvent,
  encodeChange,
  encodeCreated,
} from './campaign-record.ts';
import { completeCampaign, rulesOf } from './campaign-settings.ts';
import { openRound } from './open-round.ts';
import { requireRequest } from './require-request.ts';

/** Dependencies of {@link createCampaigns}. */
export interface CampaignsDeps {
  readonly episodeLog: EpisodeLog;
  readonly artifacts: ArtifactStore;
  readonly peers: Pick<Peers, 'qnnSim' | 'generator'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The campaigns of a log. Each call reads the campaign's events, and a change is the next event: of several writers one
 * succeeds, and the others read and decide again. Nothing is kept between two calls, in whichever agent they are made.
 */
export interface Campaigns {
  /** Throws ValidationError, or DomainError `already-exists` for other settings or a study of this id. */
  create(id: string, settings: CampaignSettings | undefined, signal: AbortSignal): Promise<Campaign>;
  /** Throws DomainError `not-found`. */
  get(id: string): Promise<Campaign>;
  list(): Promise<Campaign[]>;
  /** Throws DomainError `not-found`. */
  points(id: string): Promise<CampaignPoint[]>;
  /** Throws ValidationError, CampaignError, DomainError `not-found`; rejects with the errors of the simulator. */
  ask(request: AskRequest, signal: AbortSignal): Promise<AskResponse>;
  /** Throws ValidationError, CampaignError, DomainError `not-found`. */
  tell(request: TellRequest): Promise<TellResponse>;
}

/** The campaigns that the log of `deps` knows. */
export function createCampaigns({ episodeLog, artifacts, peers, clock }: CampaignsDeps): Campaigns {
  const find = async (id: string): Promise<OpenedCampaign | undefined> => {
    requireStudyId(id);
    return openedOf(id, await episodeLog.replay(id));
  };
  const load = async (id: string): Promise<OpenedCampaign> => {
    const campaign = await find(id);
    if (campaign === undefined) throw new DomainError('not-found', `campaign ${id}: there is none of that id`);
    return campaign;
  };
  const poolOf = ({ created }: OpenedCampaign): Promise<CampaignPool> => openPool(artifacts, created.settings!);
  const messageOf = (campaign: OpenedCampaign): Campaign => campaignMessage(campaign, clock.now());

  /** Decides and writes the next change until it is the next: null where there is nothing to write. */
  const write = async (id: string, decide: (campaign: OpenedCampaign) => Promise<CampaignChange | null>) => {
    for (;;) {
      const campaign = await load(id);
      const change = await decide(campaign);
      if (change === null) return campaign;
      const { state } = campaign;
      const key = changeKey(id, state.changes + 1);
      const { status, event } = await episodeLog.append(key, encodeChange(change, clock.now()), traceHeaders());
      if (status === 'appended') return { ...campaign, state: applyChange(state, change, event.timeMs) };
    }
  };

  return {
    async create(id, given, signal) {
      requireStudyId(id);
      const existing = await find(id);
      const completed = await completeCampaign(given, signal);
      const settings = {
        ...completed,
        synthesis: completed.synthesis || (existing?.created.settings?.synthesis ?? ''),
      };
      if (existing === undefined) {
        if ((await episodeLog.read({ study: id, slot: 'create' })) !== undefined) {
          throw new DomainError('already-exists', `campaign ${id}: a study has this id; choose another`);
        }
        const { source, featureNames, description } = await openPool(artifacts, settings);
        settings.synthesis = await completeSynthesis(peers, settings.synthesis, needsMet(description), signal);
        const shape = { features: source.features, classes: settings.classNames.length };
        await requireFitting(settings.qnn, shape, signal);
        await askSimulator(peers, settings.qnn, shape, signal);
        const created = { settings, poolSize: source.count, featureNames: [...featureNames] };
        const payload = encodeCreated(created, clock.now());
        await episodeLog.append({ study: id, slot: CAMPAIGN_SLOT }, payload, traceHeaders());
      }
      const campaign = await load(id);
      if (!isDeepStrictEqual(canonical(campaign.created.settings), canonical(settings))) {
        throw new DomainError('already-exists', `campaign ${id}: exists with other settings; choose another id`);
      }
      return messageOf(campaign);
    },
    get: async (id) => messageOf(await load(id)),
    async list() {
      const found = await Promise.all(
        (await episodeLog.studies()).sort().map(async (id) => openedOf(id, await episodeLog.replay(id))),
      );
      return found.flatMap((campaign) => (campaign === undefined ? [] : [messageOf(campaign)]));
    },
    async points(id) {
      const campaign = await load(id);
      const pool = await poolOf(campaign);
      return [...campaign.state.points.values()].map((point) => pointMessage(pool, campaign.rules, point));
    },
    async ask(request, signal) {
      requireRequest(request, request.count);
      const campaign = await write(request.id, async (opened) => {
        const { rules, state } = opened;
        const { who, token, count } = request;
        const plan = planAsk(rules, state, { who, token, count }, clock.now());
        if (plan.kind === 'answered') return null;
        const pool = await poolOf(opened);
        const candidates = candidatesOf(rules, state, plan.open);
        const { labelled } = plan.open;
        const opening = await openRound(peers, clock, opened, { pool, labelled, candidates, signal });
        const { points, round } = choosePoints(rules, state, {
          pool: { features: pool.source.features, values: pool.values },
          open: plan.open,
          count: plan.count,
          candidates,
          ...opening,
          costs: pool.costs,
        });
        return { kind: 'asked', who, token, count, points, round };
      });
      const asked = campaign.state.byToken.get(request.token);
      if (asked?.kind !== 'asked') throw new DomainError('internal', `campaign ${request.id}: lost an answer`);
      const pool = await poolOf(campaign);
      return { points: asked.points.map((point) => askedMessage(pool, point)), campaign: messageOf(campaign) };
    },
    async tell(request) {
      requireRequest(request, request.answers.length);
      const { who, token } = request;
      if (request.answers.length === 0) {
        throw new ValidationError([{ field: 'answers', description: 'none; right would be at least one' }]);
      }
      const answers = request.answers.map(decodeAnswer);
      let changed = 0;
      const campaign = await write(request.id, async ({ rules, state }) => {
        const plan = planTell(rules, state, { who, token, answers });
        changed = plan.changed;
        return plan.told;
      });
      return { changed, campaign: messageOf(campaign) };
    },
  };
}

/** The campaign of some events; undefined where they are not a campaign's. */
function openedOf(id: string, events: readonly LogEvent[]): OpenedCampaign | undefined {
  const first = events.find(({ key }) => key.slot === CAMPAIGN_SLOT);
  if (first === undefined) return undefined;
  const created = decodeCampaignEvent(first);
  if ('kind' in created) throw new DomainError('data-loss', `${id}/${CAMPAIGN_SLOT}: holds ${created.kind}`);
  let state: CampaignState = EMPTY_CAMPAIGN;
  for (const event of events) {
    // In the order of the log; each writer has read all before its own.
    if (event.key.slot !== changeKey(id, state.changes + 1).slot) continue;
    const change = decodeCampaignEvent(event);
    if (!('kind' in change)) throw new DomainError('data-loss', `${id}/${event.key.slot}: holds a creation`);
    state = applyChange(state, change, event.timeMs);
  }
  return { id, created, createdAtMs: first.timeMs, rules: rulesOf(created.settings!, created.poolSize), state };
}

function canonical(settings: CampaignSettings | undefined): unknown {
  return settings === undefined
    ? undefined
    : CampaignSettings.toJSON(CampaignSettings.fromJSON(CampaignSettings.toJSON(settings)));
}
