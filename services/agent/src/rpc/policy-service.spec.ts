import { type ServiceError, status } from '@grpc/grpc-js';
import {
  PolicyServiceService,
  type PolicySettings as WireSettings,
} from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { encodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import type { EpisodeResult, PolicySettings } from '../domain/policy/policy.ts';
import { POLICY_NAMES, type PolicyNamed } from '../domain/policy/policy-table.ts';
import { interactingRates } from '../domain/policy/toy/toy-benchmarks.ts';
import { INITIAL_CHECKPOINT, localPolicy, type PolicyPort, remotePolicy } from '../study/search/policy-port.ts';
import { openPolicies } from '../testing/open-policies.ts';
import { createPolicyService } from './policy-service.ts';

const settings: PolicySettings = {
  space: interactingRates.space,
  episodes: 16,
  batchSize: 4,
  sobolEpisodes: 4,
  seed: '7',
  continues: true,
};
const rate = encodeHyperparameter({ name: 'rate', kind: 'float', min: 0, max: 1, scale: 'linear', default: 0.5 });
const manyRates = (count: number) => Array.from({ length: count }, (_, i) => ({ ...rate, name: `rate${i}` }));
let policyNamed: PolicyNamed;
let server: TestServer;
let remote: Remote<typeof PolicyServiceService>;

beforeAll(async () => {
  ({ policyNamed } = await openPolicies());
  server = await startTestServer(createPolicyService(policyNamed));
  remote = connect(PolicyServiceService, server.target);
});

afterAll(async () => {
  remote.close();
  await server.stop();
});

async function play(policy: PolicyPort): Promise<unknown[]> {
  let memory = INITIAL_CHECKPOINT;
  const seen: unknown[] = [];
  for (let batch = 0; batch < 4; batch++) {
    const request = { batch, firstEpisode: 4 * batch, count: 4 };
    const proposals = await policy.propose(settings, memory, request);
    const results = proposals.map(({ hyperparameters }, i): EpisodeResult => {
      const reward = i === 3 ? null : interactingRates.score(hyperparameters);
      const observation = {
        generatorLoss: 0.1 * i,
        discriminatorLoss: 1 / 3,
        qnnLoss: 0.7,
        qnnAccuracy: 0.8,
        diversity: -0.2,
        classImbalance: 0.01,
        groupImbalance: 0,
        weights: [0.2, 0.2, 0.2, 0.2, 0.2],
      };
      return { episode: 4 * batch + i, hyperparameters, reward, observation: reward === null ? null : observation };
    });
    memory = await policy.observe(settings, memory, batch, results);
    seen.push(proposals, memory.updates, Buffer.from(memory.state).toString());
  }
  return seen;
}

describe('PolicyService', () => {
  it.each(POLICY_NAMES)('gives the same proposals for %s over the wire as in process', async (name) => {
    const far = remotePolicy(connect, server.target, name);
    expect(await play(far)).toEqual(await play(localPolicy(policyNamed, name)));
    far.close();
  });

  it.each<[string, Partial<WireSettings>, Buffer, RegExp]>([
    ['an unknown policy', { name: 'bayes' }, Buffer.alloc(0), /"bayes" is not one of ppo-surrogate/],
    [
      'population-based training without fits that continue',
      { name: 'pbt' },
      Buffer.alloc(0),
      /settings.continues: is not set, and policy pbt needs fits that continue from models/,
    ],
    ['no episodes', { episodes: 0 }, Buffer.alloc(0), /settings.episodes: is 0; right would be 1 to 10000/],
    ['more episodes than a study has', { episodes: 2 ** 32 - 1 }, Buffer.alloc(0), /right would be 1 to 10000/],
    [
      'a huge batch',
      { batchSize: 2 ** 32 - 1 },
      Buffer.alloc(0),
      /settings.batch_size: is 4294967295; right would be 1 to 256/,
    ],
    [
      'a huge space',
      { space: manyRates(20_000) },
      Buffer.alloc(0),
      /settings.space: is 20000; right would be 0 to 256/,
    ],
    [
      'a parameter without a kind',
      { space: [{ ...rate, kind: 0 }] },
      Buffer.alloc(0),
      /settings.space.rate: has kind 0/,
    ],
    [
      'a long name',
      { space: [{ ...rate, name: 'a\n'.repeat(16_000), kind: 0 }] },
      Buffer.alloc(0),
      /^settings.space.(a.n){66}.{0,3}… \(32000 characters\): has kind 0/,
    ],
    ['a state that is none', {}, Buffer.from('x'), /state: 1 bytes that are no state/],
    [
      'the state of another policy',
      { name: 'ppo' },
      Buffer.from('{"policy":"random","form":1}'),
      /this one is of random/,
    ],
  ])('answers INVALID_ARGUMENT for %s', async (_what, change, state, message) => {
    const wire: WireSettings = {
      name: 'ppo-surrogate',
      space: settings.space.parameters.map(encodeHyperparameter),
      seed: 7,
      episodes: 16,
      batchSize: 4,
      sobolEpisodes: 4,
      continues: false,
      ...change,
    };
    const error: ServiceError = await remote
      .propose({ settings: wire, state, batch: 0, firstEpisode: 0, count: 1 })
      .then(
        () => Promise.reject(new Error('the call succeeded')),
        (caught: ServiceError) => caught,
      );
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toMatch(message);
  });

  it('refuses more proposals or results than a batch has, for any requested number', async () => {
    const wire: WireSettings = {
      name: 'random',
      space: [rate],
      seed: 7,
      episodes: 16,
      batchSize: 4,
      sobolEpisodes: 0,
      continues: false,
    };
    const state = Buffer.alloc(0);
    const most = 2 ** 32 - 1;
    await expect(
      remote.propose({ settings: wire, state, batch: 0, firstEpisode: 0, count: most }),
    ).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'count: is 4294967295; right would be 0 to 256',
    });
    const result = { episode: 0, hyperparameters: [], rewarded: false, reward: 0, observation: [] };
    const results = new Array(257).fill(result);
    await expect(remote.observe({ settings: wire, state, batch: 0, results })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'the number of results: is 257; right would be 0 to 256',
    });
  });
});
