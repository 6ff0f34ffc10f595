import type { PolicyServiceService, Proposal } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { type Check, listChecks, must, sharedAnswer } from '../check.ts';
import { isActive, requireInRange } from '../shared/hyperparameter-ranges.ts';
import type { Instances } from '../shared/instances.ts';
import type { SuiteOptions } from '../suite.ts';
import { SPACE, SPACES } from './policy-space.ts';
import {
  failed,
  type PlayedBatch,
  playStudy,
  proposeBatch,
  type Rewarding,
  rewarded,
  type StudyChanges,
  studySettings,
} from './policy-study.ts';

const ORIGINS = ['sobol', 'policy', 'surrogate', 'random', 'fixed'];
const SOURCE = 'policy/v1/policy.proto: PolicyService';

/** Results that every policy takes. */
const HISTORIES: readonly { readonly what: string; readonly rewarding: Rewarding; readonly batchSize?: number }[] = [
  { what: 'every episode failed', rewarding: failed },
  { what: 'every reward is the same', rewarding: (proposal, episode) => rewarded(proposal, episode, 0.5) },
  {
    what: 'rewards are far apart',
    rewarding: (proposal, episode) => rewarded(proposal, episode, (-1) ** episode * 1e9),
  },
  {
    what: 'nothing but the reward is known',
    rewarding: (proposal, episode) => ({ ...rewarded(proposal, episode, -1 / (1 + episode)), observation: [] }),
  },
  {
    what: 'a batch is one episode',
    batchSize: 1,
    rewarding: (proposal, episode) => rewarded(proposal, episode, episode),
  },
];

/** Checks of PolicyService over studies of a few batches. */
export function policyChecks(
  { first: policy }: Instances<typeof PolicyServiceService>,
  { deadlineMs }: SuiteOptions,
): readonly Check[] {
  const list = listChecks(SOURCE);
  const play = (changes: StudyChanges = {}): Promise<PlayedBatch[]> => playStudy(policy, changes, deadlineMs);
  const played = sharedAnswer('a study of three batches', play);
  const { batchSize } = studySettings({});

  list.promise('as many proposals come as were wanted', async () => {
    for (const [batch, { proposals }] of (await played()).entries()) {
      must(proposals.length === batchSize, `batch ${batch} has ${proposals.length} proposals`, String(batchSize));
    }
    const one = await proposeBatch(policy, { batchSize: 1 }, new Uint8Array(0), 0, deadlineMs);
    must(one.length === 1, `${one.length} proposals came where 1 was wanted`, '1');
  });

  list.promise('a proposal has one value in range for each active hyperparameter, and no others', async () => {
    for (const { proposals } of await played()) requireInSpace(proposals, SPACE);
  });
  for (const { what, space } of SPACES) {
    list.promise(`proposals are in range in a space ${what}`, async () => {
      for (const { proposals } of await play({ space })) requireInSpace(proposals, space);
    });
  }
  for (const { what, ...changes } of HISTORIES) {
    list.promise(`proposals are in range where ${what}`, async () => {
      for (const { proposals } of await play(changes)) requireInSpace(proposals, SPACE);
    });
  }

  list.promise(
    'the episodes of a batch get different configurations, also if they are requested one by one',
    async () => {
      for (const requests of ['at once', 'one by one'] as const) {
        for (const [batch, { proposals }] of (await play({ requests })).entries()) {
          const chosen = proposals.filter(({ origin }) => origin !== 'fixed');
          const distinct = new Set(chosen.map(({ hyperparameters }) => JSON.stringify(hyperparameters))).size;
          const what = `batch ${batch}, requested ${requests}, has ${distinct} configurations in ${chosen.length} proposals`;
          must(
            distinct === chosen.length,
            what,
            'another one for each episode: derive randomness from seed and episode',
          );
        }
      }
    },
  );

  list.promise('a proposal says what chose it', async () => {
    for (const { origin } of (await played()).flatMap(({ proposals }) => proposals)) {
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
    // Another history of the same study, which a policy that remembers by seed and batch takes for this one.
    await play({ rewarding: (proposal, episode) => rewarded(proposal, episode, -episode) });
    const first = await proposeBatch(policy, {}, batches[0].observed.state, 1, deadlineMs);
    const same = JSON.stringify(first) === JSON.stringify(batches[1].proposals);
    must(same, 'batch 1 is proposed otherwise once another history was observed', 'as before');
  });

  list.promise('updates never go down', async () => {
    const updates = (await played()).map(({ observed }) => observed.updates);
    const rises = updates.every((count, i) => i === 0 || count >= updates[i - 1]);
    must(rises, `updates are ${updates.join(', ')}`, 'a count of what was done so far');
  });
  return list.checks;
}

function requireInSpace(proposals: readonly Proposal[], space: typeof SPACE): void {
  for (const { hyperparameters } of proposals) {
    const values = new Map(hyperparameters.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
    const active = space.filter((parameter) => isActive(parameter, space, values));
    const given = hyperparameters.map(({ name }) => name).sort();
    const wanted = active.map(({ name }) => name).sort();
    must(given.join() === wanted.join(), `a proposal has ${given.join(', ')}`, wanted.join(', '));
    for (const parameter of active) requireInRange(parameter, values.get(parameter.name), 'the proposal');
  }
}
