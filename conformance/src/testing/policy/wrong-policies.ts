import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { all, changing, type Message, type Mutation, replacing, type WrongImplementation } from '../mutation.ts';

/** Proposals that are made for other settings, another state, or another episode. */
const asks = (change: (request: Message) => Message): Mutation =>
  changing('propose', { request: (request) => ({ ...request, ...change(request) }) });
const seeded = (seed: (settings: Message, request: Message) => number): Mutation =>
  asks((request) => ({
    settings: request.settings && { ...request.settings, seed: seed(request.settings, request) },
  }));
const proposes = (change: (hyperparameters: Message[]) => Message[]): Mutation =>
  changing('propose', {
    response: ({ proposals }) => ({
      proposals: proposals.map((proposal: Message) => ({
        ...proposal,
        hyperparameters: change(proposal.hyperparameters),
      })),
    }),
  });
/** One value of every proposal changed. */
const value = (name: string, change: (value: Message) => Message): Mutation =>
  proposes((all) =>
    all.map((setting) => (setting.name === name ? { name, value: { value: change(setting.value.value) } } : setting)),
  );

/** Another episode to continue from. */
const continues = (change: (from: number | undefined, request: Message) => number | undefined): Mutation =>
  changing('propose', {
    request(request, call) {
      call['request'] = request;
      return request;
    },
    response: ({ proposals }, { request }) => ({
      proposals: proposals.map((proposal: Message) => ({
        ...proposal,
        continueFrom: change(proposal.continueFrom, request),
      })),
    }),
  });

const FROM_REWARDED = 'a proposal continues from an episode that was rewarded in a batch before';
const OF_MODEL = 'a proposal that continues has the values of its model, where these are fixed';
const SAME_ORIGINS = 'proposals that continue are the same again, and where they are requested one by one';
const SAME_REQUESTS = 'a policy is a function of its state: the same requests give the same answers';
const DISTINCT = 'the episodes of a batch get different configurations, also if they are requested one by one';
const ACTIVE = 'a proposal has one value in range for each active hyperparameter, and no others';
const SECOND = 'a study at a second instance gives the same list of proposals';

/** Wrong policies, each with the check that finds it. */
export const WRONG_POLICIES: readonly WrongImplementation[] = [
  {
    fault: 'is seeded by batch',
    mutation: replacing('propose', (handler) => async (request, context) => {
      const { proposals } = await handler({ ...request, firstEpisode: request.batch, count: 1 }, context);
      return { proposals: new Array(request.count).fill(proposals[0]) };
    }),
    found: [DISTINCT, /batch 0, requested at once, has 1 configurations in 4 proposals/],
  },
  {
    fault: 'is seeded by batch, and draws one configuration after the other',
    mutation: replacing(
      'propose',
      (handler) => (request, context) => handler({ ...request, firstEpisode: request.batch * 100 }, context),
    ),
    found: [DISTINCT, /requested one by one, has 1 configurations in 4 proposals/],
  },
  {
    fault: 'counts the proposals of its process',
    mutation: (right, instance) => {
      let count = 0;
      return seeded(({ seed }) => seed + count++)(right, instance);
    },
    found: [SAME_REQUESTS, /batch 0 has other proposals the second time/],
  },
  {
    fault: 'is seeded by its process',
    mutation: (right, instance) => seeded(({ seed }) => seed + instance)(right, instance),
    found: [SECOND, /is another one/],
  },
  {
    fault: 'keeps a part of its state in the process',
    mutation: (right, instance) => {
      const kept = new Map<string, Buffer>();
      const inside = (state: Buffer) => kept.get(state.toString()) ?? state;
      return all(
        asks(({ state }) => ({ state: inside(state) })),
        changing('observe', {
          request: (request) => ({ ...request, state: inside(request.state) }),
          response({ state, updates }) {
            const handle = `{"updates":${updates},"reward":0,"best":[],"study":${kept.size}}`;
            kept.set(handle, state);
            return { state: Buffer.from(handle), updates };
          },
        }),
      )(right, instance);
    },
    found: [SECOND, /is another one/],
  },
  {
    fault: 'remembers results by seed and batch',
    mutation: (right, instance) => {
      const kept = new Map<string, Buffer>();
      return all(
        asks(({ settings, batch, state }) => ({ state: kept.get(`${settings?.seed} ${batch}`) ?? state })),
        replacing('observe', (handler) => async (request, context) => {
          const answer = await handler(request, context);
          kept.set(`${request.settings?.seed} ${request.batch + 1}`, answer.state);
          return answer;
        }),
      )(right, instance);
    },
    found: [
      'all of its memory is in the state: an older state gives the older proposals',
      /otherwise once another history/,
    ],
  },
  {
    fault: 'mixes up studies that run at the same time',
    mutation: (right, instance) => {
      let state: Buffer = Buffer.alloc(0);
      return all(
        asks(({ batch }) => ({ state: batch === 0 ? Buffer.alloc(0) : state })),
        changing('observe', {
          response(answer) {
            state = answer.state;
            return answer;
          },
        }),
      )(right, instance);
    },
    found: ['a study does not depend on calls that run at the same time', /is another one/],
  },
  {
    fault: 'says that it learns and ignores the rewards',
    mutation: changing('observe', {
      request: (request) => ({
        ...request,
        results: request.results.map((result: Message) => ({ ...result, reward: 0 })),
      }),
    }),
    found: ['a study depends on the rewards', /with the rewards changed, the list of proposals is the same/],
  },
  {
    fault: 'ignores its seed',
    mutation: seeded(() => 1),
    found: ['a study depends on its seed', /is the same/],
  },
  {
    fault: 'reads 16 bits of its seed',
    mutation: seeded(({ seed }) => seed & 0xffff),
    found: ['a study depends on the upper half of its seed', /is the same/],
  },
  {
    fault: 'gives other proposals to a request for one',
    mutation: seeded(({ seed }, { count }) => seed + count),
    found: ['a study does not depend on whether proposals are requested one by one', /is another one/],
  },
  {
    fault: 'proposes a point less',
    mutation: asks(({ count }) => ({ count: count - 1 })),
    found: ['as many proposals come as were wanted', /batch 0 has 3 proposals/],
  },
  {
    fault: 'proposes outside of the range',
    mutation: value('rate', ({ $case }) => ({ $case, value: 1e6 })),
    found: [ACTIVE, /the proposal of rate is 1000000; right would be in \[0.0001, 0.1\]/],
  },
  {
    fault: 'gives values to inactive hyperparameters',
    mutation: proposes((all) => [
      ...all,
      ...(all.some(({ name }) => name === 'width')
        ? []
        : [{ name: 'width', value: { value: { $case: 'integer', value: 4 } } }]),
    ]),
    found: [ACTIVE, /a proposal has .*width/],
  },
  {
    fault: 'proposes whole numbers as real ones',
    mutation: value('shift', ({ value: number }) => ({ $case: 'real', value: number })),
    found: [
      'proposals are in range in a space of whole numbers around 0',
      /is real; right would be of its kind, integer/,
    ],
  },
  {
    fault: 'reads conditions of conditions wrong',
    mutation: proposes((all) => [
      ...all,
      ...(all.some(({ name }) => name === 'c') || !all.some(({ name }) => name === 'a')
        ? []
        : [{ name: 'c', value: { value: { $case: 'real', value: 0.5 } } }]),
    ]),
    found: ['proposals are in range in a space with conditions of conditions', /a proposal has/],
  },
  {
    fault: 'divides by the width of a range',
    mutation: value('constant', ({ $case }) => ({ $case, value: Number.NaN })),
    found: ['proposals are in range in a space with a range of one value', /NaN/],
  },
  {
    fault: 'needs a rewarded episode',
    mutation: changing('observe', {
      request(request) {
        if (request.results.every(({ rewarded }: Message) => !rewarded)) throw new DomainError('invalid', 'no reward');
        return request;
      },
    }),
    found: ['proposals are in range where every episode failed', /INVALID_ARGUMENT/],
  },
  {
    fault: 'continues where fits cannot',
    mutation: asks(({ settings }) => ({ settings: settings && { ...settings, continues: true } })),
    found: ['no proposal continues where fits cannot', /episodes continue from .*; right would be none/],
  },
  {
    fault: 'continues from an episode of the same batch',
    mutation: continues((from, { firstEpisode }) => (from === undefined ? undefined : firstEpisode)),
    found: [FROM_REWARDED, /episode \d+ continues from episode \d+; right would be one that was observed/],
  },
  {
    fault: 'continues from an episode that failed',
    // The last episode of each batch of four fails.
    mutation: continues((from) => (from === undefined ? undefined : 3)),
    found: [FROM_REWARDED, /continues from episode 3; right would be one that was observed and rewarded/],
  },
  {
    fault: 'draws values that a model cannot change',
    mutation: value('method', ({ $case, value: method }) => ({ $case, value: method === 'deep' ? 'shallow' : 'deep' })),
    found: [OF_MODEL, /method of episode \d+ is .*, whose model it continues/],
  },
  {
    fault: 'continues from an episode of its process',
    mutation: (right, instance) => {
      let count = 0;
      return continues((from) => (from === undefined ? undefined : count++ % 3))(right, instance);
    },
    found: [SAME_ORIGINS, /requested at once, episodes continue from/],
  },
  {
    fault: 'takes any state',
    mutation: asks(({ state }) => ({ state: state.toString().startsWith('{') ? state : Buffer.alloc(0) })),
    found: ['a state that is none is INVALID_ARGUMENT', /the call ended as OK/],
  },
];
