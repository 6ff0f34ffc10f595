import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import {
  type Answer,
  type AskedPoint,
  type Campaign,
  type CampaignPoint,
  type CampaignServiceService,
  CampaignSettings,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { type ArtifactRef, DataDescription, QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { must, sharedAnswer } from '../check.ts';
import type { Instances } from '../shared/instances.ts';
import type { SuiteOptions } from '../suite.ts';

/** Client of campaigns. */
type Campaigns = Remote<typeof CampaignServiceService>;

/** The feature of each point of the pool. */
export const POOL: readonly number[] = Array.from({ length: 24 }, (_, row) => (row % 2 === 0 ? -1 : 1) * (1 + row / 8));
export const CLASSES = ['low', 'high'] as const;
export const BUDGET = 10;
export const BATCH = 3;

/** The class of a point by its feature. */
export const classOf = ({ features }: AskedPoint): string => CLASSES[features[0] < 0 ? 0 : 1];

/** A label for a point. */
export function labelled(point: string, label: string, changes: Partial<Answer> = {}): Answer {
  return { point, outcome: { $case: 'label', value: label }, correction: false, provenance: undefined, ...changes };
}

/** A campaign of a check's own. */
export interface OwnCampaign {
  readonly id: string;
  /** Hands points out to a person; each call has a token of its own unless one is given. */
  ask(who: string, count?: number, token?: string, at?: Campaigns): Promise<AskedPoint[]>;
  /** Takes answers. Returns the number that changed something. */
  tell(who: string, answers: readonly Answer[], token?: string): Promise<number>;
  get(): Promise<Campaign>;
  points(): Promise<CampaignPoint[]>;
}

/** What the checks of campaigns share. */
export interface CampaignBench {
  readonly campaigns: Campaigns;
  second(): Campaigns;
  /** Settings over the pool of the checks: points chosen at random, so that no committee is trained. */
  settings(changes?: Partial<CampaignSettings>): Promise<CampaignSettings>;
  /** An id that was not used before. */
  freshId(): string;
  create(id: string, settings: CampaignSettings): Promise<Campaign>;
  open(changes?: Partial<CampaignSettings>): Promise<OwnCampaign>;
}

/** Opens the calls of the checks. `target` serves PutDataset too. */
export function campaignBench(
  instances: Instances<typeof CampaignServiceService>,
  options: SuiteOptions,
): CampaignBench {
  const { deadlineMs, study } = options;
  const campaigns = instances.first;
  const pool = sharedAnswer('a pool', () => putPool(options));
  let ids = 0;
  let tokens = 0;
  const freshId = () => `${study}-c${ids++}`;
  const nextToken = () => `token-${tokens++}`;
  const create = async (id: string, settings: CampaignSettings) =>
    stateOf(await campaigns.createCampaign({ id, settings }, { deadlineMs }));
  const settings = async (changes: Partial<CampaignSettings> = {}) => {
    const own = {
      seed: 5,
      classNames: [...CLASSES],
      budget: BUDGET,
      batch: BATCH,
      acquisition: 'random',
      synthesis: 'none',
    };
    const qnn = QnnSettings.fromPartial({ qubits: 2, layers: 1, steps: 2, batchSize: 4 });
    return { ...CampaignSettings.fromPartial({ ...own, qnn }), pool: await pool(), ...changes };
  };
  return {
    campaigns,
    second: () => instances.second(),
    settings,
    freshId,
    create,
    async open(changes) {
      const id = freshId();
      await create(id, await settings(changes));
      return {
        id,
        ask: async (who, count = 0, token = nextToken(), at = campaigns) =>
          (await at.ask({ id, who, token, count }, { deadlineMs })).points,
        tell: async (who, answers, token = nextToken()) =>
          (await campaigns.tell({ id, who, token, answers: [...answers] }, { deadlineMs })).changed,
        get: async () => stateOf(await campaigns.getCampaign({ id }, { deadlineMs })),
        async points() {
          const points: CampaignPoint[] = [];
          for await (const { point } of campaigns.listPoints({ id }, { deadlineMs })) {
            must(point !== undefined, 'a message of ListPoints has no point', 'a point');
            points.push(point);
          }
          return points;
        },
      };
    },
  };
}

function stateOf({ campaign }: { readonly campaign?: Campaign | undefined }): Campaign {
  must(campaign !== undefined, 'the response has no campaign', 'the state of the campaign');
  return campaign;
}

async function putPool({ target, deadlineMs, connection }: SuiteOptions): Promise<ArtifactRef> {
  const agent = connect({ putDataset: AgentServiceService.putDataset }, target, connection);
  try {
    const description = DataDescription.fromPartial({ featureNames: ['field'] });
    const x = encodeTensor(Float64Array.from(POOL), [POOL.length, 1]);
    const { dataset } = await agent.putDataset(
      [{ part: { $case: 'description', value: description } }, { part: { $case: 'unlabelled', value: { x } } }],
      { deadlineMs },
    );
    must(dataset !== undefined, 'PutDataset gave no reference', 'the reference of the pool');
    return dataset;
  } finally {
    agent.close();
  }
}
