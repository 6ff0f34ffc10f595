import { status } from '@grpc/grpc-js';
import type { PolicyServiceService, Proposal } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { type Check, CheckSkipped, listChecks } from '../check.ts';
import type { Instances } from '../shared/instances.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { type ChangeRow, repeatedCallChecks } from '../shared/repeated-call.ts';
import type { SuiteOptions } from '../suite.ts';
import { SPACES } from './policy-space.ts';
import { playStudy, type Rewarding, rewarded, type StudyChanges, studySettings } from './policy-study.ts';

/** Rewards in the order of the episodes, and in the opposite order. */
const RISING: Rewarding = (proposal, episode) => rewarded(proposal, episode, episode);
const FALLING: Rewarding = (proposal, episode) => rewarded(proposal, episode, -episode);

/** The proposals of a study as a function of settings, state and results: what must not matter, and what must. */
export function policyRepeats(
  instances: Instances<typeof PolicyServiceService>,
  { deadlineMs }: SuiteOptions,
): readonly Check[] {
  const { first: policy } = instances;
  const isFixed = (proposals: readonly Proposal[]) => proposals.every(({ origin }) => origin === 'fixed');
  const different: ChangeRow<StudyChanges>[] = [
    { what: 'its seed', change: { seed: 18 } },
    { what: 'the upper half of its seed', change: { seed: 17 + 2 ** 16 } },
    { what: 'the highest bit of its seed', change: { seed: 17 + 2 ** 31 } },
    { what: 'the rewards', change: { rewarding: FALLING }, from: { rewarding: RISING } },
  ];
  const repeats = repeatedCallChecks<StudyChanges>({
    name: 'a study',
    answer: 'list of proposals',
    source: 'policy/v1/policy.proto: PolicyService',
    unchanged: {},
    async ask(changes, instance) {
      // The second instance proposes from the states of the first one, as another agent that adopts a study does.
      const proposing = instance === 'first' ? policy : instances.second();
      const played = await playStudy(policy, changes, deadlineMs, proposing);
      const proposals = played.flatMap((batch) => batch.proposals);
      if (changes.seed !== undefined && isFixed(proposals))
        throw new CheckSkipped('the policy proposes the defaults only');
      if (changes.rewarding === FALLING && played.every(({ observed }) => observed.updates === 0)) {
        throw new CheckSkipped('the policy does no updates; it need not learn');
      }
      return JSON.stringify(proposals);
    },
    same: [
      { what: 'whether proposals are requested one by one', change: { requests: 'one by one' } },
      { what: 'the order in which they are requested', change: { requests: 'one by one, last first' } },
    ],
    different,
    others: [{ rewarding: RISING }, { space: SPACES[4].space }, { batchSize: 2, batches: 4 }],
    mistakes: () => mustRefuse(policy.propose(request({ name: 'none-of-them' })), status.INVALID_ARGUMENT),
  });

  const refusals = listChecks('policy/v1/policy.proto: PolicyService.Propose, Observe');
  const refused: readonly [string, () => Promise<unknown>][] = [
    ['a policy that is none', () => policy.propose(request({ name: 'none-of-them' }), { deadlineMs })],
    ['a state that is none', () => policy.propose({ ...request(), state: Buffer.from('no state') }, { deadlineMs })],
    ['a proposal without settings', () => policy.propose({ ...request(), settings: undefined }, { deadlineMs })],
    [
      'an observation without settings',
      () => policy.observe({ settings: undefined, state: Buffer.alloc(0), batch: 0, results: [] }, { deadlineMs }),
    ],
  ];
  for (const [what, call] of refused) {
    refusals.refusal(`${what} is INVALID_ARGUMENT`, () => mustRefuse(call(), status.INVALID_ARGUMENT));
  }
  return [...repeats, ...refusals.checks];
}

function request(changes: { readonly name?: string } = {}) {
  const settings = { ...studySettings({}), ...changes };
  return { settings, state: Buffer.alloc(0), batch: 0, firstEpisode: 0, count: 1 };
}
