import type { Hyperparameter } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type {
  EpisodeResult,
  ObserveResponse,
  PolicyServiceService,
  PolicySettings,
  Proposal,
} from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { SPACE } from './policy-space.ts';

/** Client of a policy. */
export type PolicyRemote = Remote<typeof PolicyServiceService>;

/** Batches of a study, and episodes of a batch. */
const BATCHES = 3;
const BATCH_SIZE = 4;

/** The result of an episode, by its proposal, its index and whether it is the last one of its batch. */
export type Rewarding = (proposal: Proposal, episode: number, last: boolean) => EpisodeResult;

/** What a study of the checks may change. */
export interface StudyChanges {
  /** Name of the policy. Default: the default one. */
  readonly name?: string;
  /** Whether fits can continue from models. Default: no. */
  readonly continues?: boolean;
  readonly space?: readonly Hyperparameter[];
  readonly seed?: number;
  readonly batchSize?: number;
  readonly batches?: number;
  readonly rewarding?: Rewarding;
  /** How proposals are requested: a batch at once, or episode by episode as Qloom does, in this order. Default: at once. */
  readonly requests?: 'at once' | 'one by one' | 'one by one, last first';
}

/** A batch, the state after it, and the results between. */
export interface PlayedBatch {
  readonly proposals: readonly Proposal[];
  readonly results: readonly EpisodeResult[];
  readonly observed: ObserveResponse;
}

/** Settings of a study: the first batch is from a Sobol sequence, the others from the policy. */
export function studySettings({
  name = '',
  continues = false,
  space = SPACE,
  seed = 17,
  batchSize = BATCH_SIZE,
  batches = BATCHES,
}: StudyChanges): PolicySettings {
  return {
    name,
    space: [...space],
    seed,
    episodes: batchSize * batches,
    batchSize,
    sobolEpisodes: batchSize,
    continues,
  };
}

/** Proposals for a batch. */
export async function proposeBatch(
  policy: PolicyRemote,
  changes: StudyChanges,
  state: Uint8Array,
  batch: number,
  deadlineMs: number,
): Promise<Proposal[]> {
  const settings = studySettings(changes);
  const { batchSize } = settings;
  const propose = async (first: number, count: number) => {
    const request = { settings, state: Buffer.from(state), batch, firstEpisode: batch * batchSize + first, count };
    return (await policy.propose(request, { deadlineMs })).proposals;
  };
  const { requests = 'at once' } = changes;
  if (requests === 'at once') return propose(0, batchSize);
  const order = Array.from({ length: batchSize }, (_, i) => (requests === 'one by one' ? i : batchSize - 1 - i));
  const proposals: Proposal[] = [];
  for (const index of order) [proposals[index]] = await propose(index, 1);
  return proposals;
}

/**
 * Runs a study: proposes a batch, rewards it, observes the results, and so on. `proposing` proposes, and `policy` observes; they
 * may be two instances.
 */
export async function playStudy(
  policy: PolicyRemote,
  changes: StudyChanges,
  deadlineMs: number,
  proposing = policy,
): Promise<PlayedBatch[]> {
  const { rewarding = preferMiddleRates } = changes;
  const settings = studySettings(changes);
  const { batchSize } = settings;
  const played: PlayedBatch[] = [];
  for (let batch = 0; batch < (changes.batches ?? BATCHES); batch++) {
    const state = Buffer.from(played.at(-1)?.observed.state ?? []);
    const proposals = await proposeBatch(proposing, changes, state, batch, deadlineMs);
    const results = proposals.map((proposal, i) => rewarding(proposal, batch * batchSize + i, i === batchSize - 1));
    const observed = await policy.observe({ settings, state, batch, results }, { deadlineMs });
    played.push({ proposals, results, observed });
  }
  return played;
}

const OBSERVED = ['generator.loss', 'discriminator.loss', 'qnn.loss', 'qnn.accuracy', 'diversity'];

/** A result with a reward, and the numbers of a study's observation. */
export function rewarded({ hyperparameters }: Proposal, episode: number, reward: number): EpisodeResult {
  const observation = OBSERVED.map((name, i) => ({ name, value: 0.1 + 0.05 * i }));
  return { episode, hyperparameters, rewarded: true, reward, observation };
}

/** The result of an episode that failed. */
export function failed({ hyperparameters }: Proposal, episode: number): EpisodeResult {
  return { episode, hyperparameters, rewarded: false, reward: 0, observation: [] };
}

/** Prefers a rate of .01 in the space of the checks, and fails the last episode of a batch. */
const preferMiddleRates: Rewarding = (proposal, episode, last) => {
  const rate = proposal.hyperparameters.find(({ name }) => name === 'rate')?.value?.value;
  const reward = rate?.$case === 'real' ? 1 - Math.abs(Math.log10(rate.value) + 2) / 4 : 0;
  return last ? failed(proposal, episode) : rewarded(proposal, episode, reward);
};
