import { isDeepStrictEqual } from 'node:util';
import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import {
  type Answer,
  type AskedPoint,
  type Campaign,
  type CampaignPoint,
  CampaignServiceService,
  type CampaignSettings,
  PointState,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { decodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { uniforms } from '../random.ts';

/** What the instances of a service share: campaigns by id, and the feature of each point. */
export interface CampaignLog {
  readonly campaigns: Map<string, Entry>;
  pool: Float64Array;
}

interface Entry {
  readonly settings: CampaignSettings;
  readonly asked: Map<string, readonly AskedPoint[]>;
  readonly told: Set<string>;
  readonly points: Map<string, CampaignPoint>;
}

const DEFINITION = { ...CampaignServiceService, putDataset: AgentServiceService.putDataset } as const;

/** A small right campaign service that chooses points at random, and PutDataset. */
export function rightCampaigns(log: CampaignLog): ServiceBinding {
  const entryOf = (id: string): Entry => {
    const entry = log.campaigns.get(id);
    if (entry === undefined) throw new DomainError('not-found', `no campaign ${id}`);
    return entry;
  };
  const stateOf = (id: string): Campaign => describe(id, entryOf(id), log.pool.length);
  return bindService(DEFINITION, {
    async putDataset(requests) {
      for await (const { part } of requests) {
        if (part?.$case === 'unlabelled') log.pool = decodeTensor(part.value.x, { dtype: 'float64' }).slice();
      }
      return {
        dataset: ArtifactRef.fromPartial({ sha256: 'ab'.repeat(32) }),
        rows: log.pool.length,
        features: 1,
        classes: 0,
      };
    },
    createCampaign({ id, settings }) {
      const complete = completed(settings);
      const known = log.campaigns.get(id);
      if (known !== undefined && !isDeepStrictEqual(known.settings, complete))
        throw new DomainError('already-exists', id);
      if (known === undefined)
        log.campaigns.set(id, { settings: complete, asked: new Map(), told: new Set(), points: new Map() });
      return { campaign: stateOf(id) };
    },
    getCampaign: ({ id }) => ({ campaign: stateOf(id) }),
    listCampaigns: () => ({ campaigns: [...log.campaigns.keys()].sort().map(stateOf) }),
    async *listPoints({ id }) {
      for (const point of entryOf(id).points.values()) yield { point };
    },
    ask({ id, who, token, count }) {
      const entry = entryOf(id);
      requireRequest(who, token);
      const before = entry.asked.get(token);
      const points = before ?? choose(entry, log.pool, count);
      if (before === undefined) {
        for (const asked of points) {
          const answers = entry.points.get(asked.point)?.answers ?? 0;
          entry.points.set(asked.point, { ...PENDING, asked, holder: who, askToken: token, answers });
        }
      }
      entry.asked.set(token, points);
      return { points: [...points], campaign: stateOf(id) };
    },
    tell({ id, who, token, answers }) {
      const entry = entryOf(id);
      requireRequest(who, token);
      if (answers.length === 0) throw new ValidationError([{ field: 'answers', description: 'are missing' }]);
      if (entry.told.has(token)) return { changed: 0, campaign: stateOf(id) };
      const wrong = answers.flatMap((answer, i) =>
        problemsOf(entry, who, answer, answers.slice(0, i)).map((description) => ({
          field: `answers[${i}].point`,
          description,
        })),
      );
      if (wrong.length > 0) throw new ValidationError(wrong);
      const fresh = answers.filter((answer) => !isRepeated(entry, who, answer));
      for (const answer of fresh) take(entry, who, answer);
      entry.told.add(token);
      return { changed: fresh.length, campaign: stateOf(id) };
    },
  });
}

const PENDING: CampaignPoint = {
  asked: undefined,
  state: PointState.PENDING,
  holder: '',
  askTime: undefined,
  label: '',
  teller: '',
  tellTime: undefined,
  provenance: undefined,
  answers: 0,
  askToken: '',
};

function completed(settings: CampaignSettings | undefined): CampaignSettings {
  const { classNames = [], budget = 0, batch = 0, acquisition = '', randomShare = 0.25, pool } = settings ?? {};
  const rules: readonly (readonly [string, boolean])[] = [
    ['settings.class_names', classNames.length > 1 && new Set(classNames).size === classNames.length],
    ['settings.budget', budget > 0],
    ['settings.acquisition', acquisition === 'random'],
    ['settings.random_share', randomShare >= 0 && randomShare <= 1],
    ['settings.pool', pool !== undefined],
  ];
  const broken = rules.filter(([, holds]) => !holds).map(([field]) => ({ field, description: 'is wrong' }));
  if (settings === undefined || broken.length > 0) throw new ValidationError(broken);
  return { ...settings, batch: batch || 4, randomShare };
}

function requireRequest(who: string, token: string): void {
  if (who === '') throw new ValidationError([{ field: 'who', description: 'is missing' }]);
  if (!/^[A-Za-z0-9-]{1,64}$/.test(token)) throw new ValidationError([{ field: 'token', description: 'is none' }]);
}

const inState = ({ points }: Entry, state: PointState) => [...points.values()].filter((point) => point.state === state);

/** Points of the pool at random, in an order of the seed. */
function choose(entry: Entry, pool: Float64Array, count: number): AskedPoint[] {
  const { settings, points } = entry;
  const held = [...inState(entry, PointState.LABELLED), ...inState(entry, PointState.PENDING)];
  const uniform = uniforms(settings.seed);
  const order = [...pool.keys()].map((row) => ({ row, key: uniform() })).sort((a, b) => a.key - b.key);
  const open = order
    .map(({ row }) => `p${row}`)
    .filter((point) => [undefined, PointState.WITHDRAWN].includes(points.get(point)?.state as undefined));
  const most = Math.min(count || settings.batch, settings.budget - held.length, open.length);
  if (most <= 0)
    throw new DomainError(
      'precondition',
      `the budget is with ${[...new Set(held.map(({ holder }) => holder))].join(', ')}`,
    );
  return open.slice(0, most).map((point) => ({
    point,
    features: [pool[Number(point.slice(1))]],
    chosenBy: 'random',
    score: 0,
    cost: undefined,
  }));
}

function isRepeated({ points }: Entry, who: string, { point, outcome }: Answer): boolean {
  const known = points.get(point);
  return (
    known?.teller === who &&
    known.answers > 0 &&
    known.state === STATE_OF[outcome?.$case ?? 'label'] &&
    known.label === labelOf(outcome)
  );
}

const STATE_OF = {
  label: PointState.LABELLED,
  withdrawn: PointState.WITHDRAWN,
  excluded: PointState.EXCLUDED,
} as const;
const labelOf = (outcome: Answer['outcome']): string => (outcome?.$case === 'label' ? outcome.value : '');

function problemsOf(entry: Entry, who: string, answer: Answer, before: readonly Answer[]): string[] {
  const { point, outcome, correction } = answer;
  const known = entry.points.get(point);
  if (known === undefined) return ['was not handed out'];
  if (before.some((other) => other.point === point)) return ['is answered twice'];
  if (outcome === undefined) return ['has no outcome'];
  if (outcome.$case === 'label' && !entry.settings.classNames.includes(outcome.value)) return ['has no such class'];
  const isFirst = known.state === PointState.PENDING || known.state === PointState.WITHDRAWN;
  const isFree = isFirst || correction || outcome.$case === 'withdrawn' || isRepeated(entry, who, answer);
  return isFree ? [] : ['has an answer'];
}

function take({ points }: Entry, who: string, { point, outcome }: Answer): void {
  const known = points.get(point) ?? PENDING;
  const state = STATE_OF[outcome?.$case ?? 'label'];
  points.set(point, { ...known, state, label: labelOf(outcome), teller: who, answers: known.answers + 1 });
}

function describe(id: string, entry: Entry, poolSize: number): Campaign {
  const labelled = inState(entry, PointState.LABELLED);
  return {
    id,
    settings: entry.settings,
    poolSize,
    featureNames: ['field'],
    labelled: labelled.length,
    pending: inState(entry, PointState.PENDING).length,
    excluded: inState(entry, PointState.EXCLUDED).length,
    classCounts: entry.settings.classNames.map((name) => labelled.filter(({ label }) => label === name).length),
    rounds: [],
    advice: undefined,
    createTime: undefined,
    changes: entry.asked.size + entry.told.size,
  };
}
