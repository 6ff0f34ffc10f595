import type {
  EpisodeResult,
  ObserveResponse,
  PolicyServiceService,
  PolicySettings,
  Proposal,
} from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { type Check, listChecks, must, sharedAnswer } from '../check.ts';
import { isActive, requireInRange } from '../shared/hyperparameter-ranges.ts';
import type { SuiteOptions } from '../suite.ts';
import { SPACE } from './policy-space.ts';

const BATCH = 4;
const EPISODES = 12;
const SETTINGS: PolicySettings = {
  name: '',
  space: [...SPACE],
  seed: 17,
  episodes: EPISODES,
  batchSize: BATCH,
  // The first batch is from a Sobol sequence, the others from the policy.
  sobolEpisodes: BATCH,
};
const OBSERVED = ['generator.loss', 'discriminator.loss', 'qnn.loss', 'qnn.accuracy', 'diversity'];
const ORIGINS = ['sobol', 'policy', 'surrogate', 'random', 'fixed'];

/** A batch, and the state after it. */
interface PlayedBatch {
  readonly proposals: readonly Proposal[];
  readonly observed: ObserveResponse;
}

/** Checks of PolicyService over a study of three batches, one of whose episodes fails in each. */
export function policyChecks(
  policy: Remote<typeof PolicyServiceService>,
  { deadlineMs }: SuiteOptions,
): readonly Check[] {
  const list = listChecks('policy/v1/policy.proto: PolicyService');
  const propose = async (state: Uint8Array, batch: number, count = BATCH) => {
    const request = { settings: SETTINGS, state: Buffer.from(state), batch, firstEpisode: batch * BATCH, count };
    return (await policy.propose(request, { deadlineMs })).proposals;
  };
  const observe = (state: Uint8Array, batch: number, proposals: readonly Proposal[]) => {
    const results = proposals.map((proposal, i) => resultOf(proposal, batch * BATCH + i, i !== BATCH - 1));
    return policy.observe({ settings: SETTINGS, state: Buffer.from(state), batch, results }, { deadlineMs });
  };
  const play = async (): Promise<PlayedBatch[]> => {
    const played: PlayedBatch[] = [];
    for (let batch = 0; batch < EPISODES / BATCH; batch++) {
      const state = played.at(-1)?.observed.state ?? new Uint8Array(0);
      const proposals = await propose(state, batch);
      played.push({ proposals, observed: await observe(state, batch, proposals) });
    }
    return played;
  };
  const played = sharedAnswer('a study of three batches', play);

  list.promise('as many proposals come as were wanted', async () => {
    for (const [batch, { proposals }] of (await played()).entries()) {
      must(proposals.length === BATCH, `batch ${batch} has ${proposals.length} proposals`, String(BATCH));
    }
    const one = await propose(new Uint8Array(0), 0, 1);
    must(one.length === 1, `${one.length} proposals came where 1 was wanted`, '1');
  });

  list.promise('a proposal has one value in range for each active hyperparameter, and no others', async () => {
    for (const { hyperparameters } of await everyProposal()) {
      const values = new Map(hyperparameters.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
      const active = SPACE.filter((parameter) => isActive(parameter, SPACE, values));
      const given = hyperparameters.map(({ name }) => name).sort();
      const wanted = active.map(({ name }) => name).sort();
      must(given.join() === wanted.join(), `a proposal has ${given.join(', ')}`, wanted.join(', '));
      for (const parameter of active) requireInRange(parameter, values.get(parameter.name), 'the proposal');
    }
  });

  list.promise('a proposal says what chose it', async () => {
    for (const { origin } of await everyProposal()) {
      must(ORIGINS.includes(origin), `the origin is "${origin}"`, `one of ${ORIGINS.join(', ')}`);
    }
  });

  list.promise('a policy is a function of its state: the same requests give the same answers', async () => {
    const again = await play();
    for (const [batch, { proposals, observed }] of (await played()).entries()) {
      const same = JSON.stringify(proposals) === JSON.stringify(again[batch].proposals);
      must(same, `batch ${batch} has other proposals the second time`, 'the same');
      const state = Buffer.compare(observed.state, again[batch].observed.state) === 0;
      must(state, `the state after batch ${batch} is another the second time`, 'the same bytes');
    }
  });

  list.promise('all of its memory is in the state: an older state gives the older proposals', async () => {
    const batches = await played();
    const first = await propose(batches[0].observed.state, 1);
    const same = JSON.stringify(first) === JSON.stringify(batches[1].proposals);
    must(same, 'batch 1 is proposed otherwise once batch 2 was observed', 'as before');
  });

  list.promise('updates never go down', async () => {
    const updates = (await played()).map(({ observed }) => observed.updates);
    const rises = updates.every((count, i) => i === 0 || count >= updates[i - 1]);
    must(rises, `updates are ${updates.join(', ')}`, 'a count of what was done so far');
  });

  const everyProposal = async () => (await played()).flatMap(({ proposals }) => proposals);
  return list.checks;
}

/** A result that prefers high rates, with the numbers of a study's observation. */
function resultOf({ hyperparameters }: Proposal, episode: number, rewarded: boolean): EpisodeResult {
  const rate = hyperparameters.find(({ name }) => name === 'rate')?.value?.value;
  const reward = rate?.$case === 'real' ? 1 - Math.abs(Math.log10(rate.value) + 2) / 4 : 0;
  const observation = rewarded ? OBSERVED.map((name, i) => ({ name, value: 0.1 + 0.05 * i })) : [];
  return { episode, hyperparameters, rewarded, reward: rewarded ? reward : 0, observation };
}
