import { createHash } from 'node:crypto';
import { type ServiceError, status } from '@grpc/grpc-js';
import {
  Answer,
  type AskedPoint,
  type Campaign,
  type CampaignPoint,
  PointState,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { handedPoints } from '../campaign/ask-points.ts';
import type { CampaignClients } from '../campaign/with-campaign.ts';
import { untilAnswered } from '../run/follow-study.ts';
import type { MeasuredPoint } from './measure-points.ts';

/** A backend that asks and answers. */
export interface BackendCaller {
  /** The campaign. */
  readonly id: string;
  readonly clients: Pick<CampaignClients, 'campaigns' | 'signal'>;
  /** Name of the backend. */
  readonly backend: string;
}

/** Most answers of a request. */
export const MOST_ANSWERS = 1000;

/** Begins the tokens of requests for points: by it they are told from those of a person who asks in the name of the backend. */
const TOKEN = 'label-';

/** The name under which a backend asks and answers. */
export const whoOf = (backend: string): string => `backend:${backend}`;

/** The token with which `who` asks in this state of the campaign: another one after every change. */
export const tokenOf = ({ changes }: Campaign, who: string): string => `${TOKEN}${changes}-${hashOf(who)}`;

/** Whether a point was handed out to `who` by one of these tokens, and has no answer. */
export const isBegun = ({ state, holder, askToken }: CampaignPoint, who: string): boolean =>
  state === PointState.PENDING && holder === who && askToken.startsWith(TOKEN);

/** The batch of a token; a text is the reason why there is none. */
export async function askBatch(
  { id, clients: { campaigns, signal }, backend }: BackendCaller,
  token: string,
): Promise<AskedPoint[] | string> {
  const request = { id, who: whoOf(backend), token, count: 0 };
  try {
    return (await untilAnswered(() => campaigns.ask(request, { signal }), { signal })).points;
  } catch (error) {
    if (isServiceError(error) && error.code === status.FAILED_PRECONDITION) return (error as ServiceError).details;
    throw error;
  }
}

/**
 * Tells the classes of those points that nobody else has answered, or, as a correction, of those whose label is still the backend's. Resolves to them
 * and the campaign after it.
 */
export async function tellPoints(
  { id, clients, backend }: BackendCaller,
  token: string,
  measured: readonly MeasuredPoint[],
  correction: boolean,
): Promise<{ readonly campaign: Campaign; readonly told: readonly MeasuredPoint[] }> {
  const { campaigns, signal } = clients;
  const who = whoOf(backend);
  for (let before = -1; ; ) {
    const { campaign, points } = await handedPoints(clients, id);
    const known = new Map(points.map((point) => [point.asked?.point, point]));
    const told = measured.filter(({ point }) => {
      const { state, teller } = known.get(point) ?? {};
      const isLabelled = state === PointState.LABELLED;
      return correction ? isLabelled && teller === who : !isLabelled && state !== PointState.EXCLUDED;
    });
    if (told.length === 0) return { campaign, told };
    const names = campaign.settings?.classNames ?? [];
    const answers = told.map((point) => answerOf(point, names, backend, correction));
    const request = { id, who, token: `${token}-${hashOf(...told.map(({ point }) => point))}`, answers };
    try {
      const after = await untilAnswered(() => campaigns.tell(request, { signal }), { signal });
      return { campaign: after.campaign ?? campaign, told };
    } catch (error) {
      // Somebody answered one of them since they were read: it is left out then.
      const isRace = isServiceError(error) && error.code === status.INVALID_ARGUMENT && before !== campaign.changes;
      if (!isRace) throw error;
      before = campaign.changes;
    }
  }
}

function answerOf(
  { point, decision, marginError, shots, jobs, calibration, timeMs }: MeasuredPoint,
  classNames: readonly string[],
  backend: string,
  correction: boolean,
): Answer {
  return Answer.fromPartial({
    point,
    outcome: { $case: 'label', value: classNames[decision.label] },
    correction,
    provenance: {
      ...{ backend, job: jobs.join(' '), shots, calibration, measuredAt: new Date(timeMs) },
      ...{ margin: decision.margin.mean, marginError },
    },
  });
}

/** Gives the points of a batch back that have no answer, so that they may be handed out to others. Resolves to the campaign after it. */
export async function giveBack({ id, clients, backend }: BackendCaller, token: string): Promise<Campaign> {
  const who = whoOf(backend);
  const { campaign, points } = await handedPoints(clients, id);
  const held = points.filter((point) => isBegun(point, who) && point.askToken === token);
  if (held.length === 0) return campaign;
  const answers = held.map(({ asked }) =>
    Answer.fromPartial({ point: asked?.point, outcome: { $case: 'withdrawn', value: true } }),
  );
  const { campaigns, signal } = clients;
  const request = { id, who, token: `${token}-back`, answers };
  const after = await untilAnswered(() => campaigns.tell(request, { signal }), { signal });
  return after.campaign ?? campaign;
}

/** Twelve hexadecimal digits that stand for texts. */
export const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
