import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { changing, type Message, replacing, type WrongImplementation } from '../mutation.ts';
import { answers, asks, listed, ownTokens, states, told } from './campaign-mutations.ts';

const NEW = 'a new campaign has its settings, defaults filled in, the size of its pool, and nothing else';
const AS_MANY = 'as many points come as were asked for, each once, with the features of its row';
const ONCE = 'no point is handed out twice, also at the same time';
const BUDGET = 'no more points come than the budget has, and then FAILED_PRECONDITION says who has them';
const COUNTED = 'labels are counted by class, and their points are not pending any more';
const REPEATED = 'answers that are repeated change nothing, with their token or another';
const CORRECTION = 'a second answer is taken as a correction only';
const LISTED = 'points are listed as they were handed out first, with state, holder and answer';
const SECOND = 'a campaign goes on at a second instance of the same log';
const about = (what: string) => `answers about ${what} are INVALID_ARGUMENT, and none of the request is taken`;

/** Wrong campaign services, each with the check that finds it. */
export const WRONG_CAMPAIGNS: readonly WrongImplementation[] = [
  {
    fault: 'refuses to create a campaign again',
    mutation: (right, instance) => {
      const seen = new Set<string>();
      return changing('createCampaign', {
        request(request) {
          if (seen.has(request.id)) throw new DomainError('already-exists', request.id);
          seen.add(request.id);
          return request;
        },
      })(right, instance);
    },
    found: ['a campaign that is created again with the same settings is the same campaign', /ALREADY_EXISTS/],
  },
  {
    fault: 'keeps the settings of the first creation silently',
    mutation: (right, instance) => {
      const seen = new Map<string, Message>();
      return changing('createCampaign', {
        request(request) {
          seen.set(request.id, seen.get(request.id) ?? request);
          return seen.get(request.id);
        },
      })(right, instance);
    },
    found: ['a campaign that is created again with other settings is ALREADY_EXISTS', /the call ended as OK/],
  },
  {
    fault: 'fills in no defaults',
    mutation: states(({ settings }) => ({ settings: { ...settings, batch: 0 } })),
    found: [NEW, /the batch is 0; right would be 4/],
  },
  {
    fault: 'counts labels in the size of its pool',
    mutation: states(({ poolSize }) => ({ poolSize: poolSize - 1 })),
    found: [NEW, /the pool has 23 points/],
  },
  {
    fault: 'lists campaigns as they were created',
    mutation: answers('listCampaigns', ({ campaigns }) => ({ campaigns: campaigns.toReversed() })),
    found: ['campaigns are listed by id', /are listed; right would be by id/],
  },
  {
    fault: 'hands out a point less',
    mutation: answers('ask', ({ points }) => ({ points: points.slice(1) })),
    found: [AS_MANY, /4 points came; right would be 5/],
  },
  {
    fault: 'hands out features of another row',
    mutation: answers('ask', ({ points }) => ({
      points: points.map((point: Message, i: number) => ({
        ...point,
        features: points[(i + 1) % points.length].features,
      })),
    })),
    found: [AS_MANY, /has the features .*; right would be .*, those of row/],
  },
  {
    fault: 'says that a committee chose at random',
    mutation: answers('ask', ({ points }) => ({
      points: points.map((point: Message) => ({ ...point, chosenBy: 'entropy' })),
    })),
    found: [AS_MANY, /was chosen by entropy/],
  },
  {
    fault: 'takes 0 for one point',
    mutation: asks('ask', ({ count }) => ({ count: count || 1 })),
    found: ['a request that does not say how many gets the batch', /1 points came/],
  },
  {
    fault: 'ignores tokens of requests for points',
    mutation: ownTokens('ask'),
    found: ['a request that is repeated with its token gets the same points', /came the second time/],
  },
  {
    fault: 'reads its state before it is asked',
    mutation: replacing('ask', (handler) => async (request, context) => {
      const answer = await handler(request, context);
      const shown = ['bob', 'eve', 'dan'].includes(request.who) && request.count === 2;
      return shown ? { ...answer, points: answer.points.map((point: Message) => ({ ...point, point: 'p0' })) } : answer;
    }),
    found: [ONCE, /four people got .*; right would be each point once/],
  },
  {
    fault: 'ignores the budget',
    mutation: asks('createCampaign', ({ settings }) => ({
      settings: settings && { ...settings, budget: settings.budget && 1000 },
    })),
    found: [BUDGET, /points came of a budget of 10/],
  },
  {
    fault: 'does not say who has the points',
    mutation: replacing('ask', (handler) => async (request, context) => {
      try {
        return await handler(request, context);
      } catch (error) {
        throw error instanceof DomainError ? new DomainError(error.code, 'nothing is left') : error;
      }
    }),
    found: [BUDGET, /the message is "nothing is left"/],
  },
  {
    fault: 'is seeded by the id of the campaign',
    mutation: (right, instance) => {
      let count = 0;
      return asks('createCampaign', ({ settings }) => ({ settings: settings && { ...settings, seed: count++ } }))(
        right,
        instance,
      );
    },
    found: [
      'campaigns with the same settings hand out the same points, and with another seed others',
      /a campaign is a function of its settings/,
    ],
  },
  {
    fault: 'ignores the seed',
    mutation: asks('createCampaign', ({ settings }) => ({ settings: settings && { ...settings, seed: 1 } })),
    found: [
      'campaigns with the same settings hand out the same points, and with another seed others',
      /came with another seed/,
    ],
  },
  {
    fault: 'keeps tokens in its process',
    mutation: asks('ask', ({ token }, instance) => ({ token: instance === 0 ? token : `${token}-${instance}` })),
    found: [SECOND, /came at the second instance/],
  },
  {
    fault: 'has no campaign that is not there',
    mutation: replacing('getCampaign', (handler) => async (request, context) => {
      try {
        return await handler(request, context);
      } catch {
        return { campaign: undefined };
      }
    }),
    found: ['a campaign that is not there is NOT_FOUND', /the call ended as OK/],
  },
  {
    fault: 'counts classes by the alphabet',
    mutation: states(({ classCounts }) => ({ classCounts: classCounts.toReversed() })),
    found: [COUNTED, /low, high, pending and excluded are 1, 2, 1, 0/],
  },
  {
    fault: 'keeps labelled points pending',
    mutation: states(({ pending, labelled }) => ({ pending: pending + labelled })),
    found: [COUNTED, /are 2, 1, 4, 0; right would be 2, 1, 1, 0/],
  },
  {
    fault: 'counts every answer as a change',
    mutation: changing('tell', {
      request(request, call) {
        call['count'] = request.answers.length;
        return request;
      },
      response: (response, { count }) => ({ ...response, changed: count }),
    }),
    found: [REPEATED, /a repeated answer changed 1/],
  },
  {
    fault: 'counts repeated answers',
    mutation: listed(({ answers }) => ({ answers: answers + 1 })),
    found: [REPEATED, /2 answers are counted/],
  },
  {
    fault: 'takes every answer as a correction',
    mutation: told(() => ({ correction: true })),
    found: [CORRECTION, /the call ended as OK; right would be INVALID_ARGUMENT/],
  },
  {
    fault: 'takes no corrections',
    mutation: told(() => ({ correction: false })),
    found: [CORRECTION, /the call ended as INVALID_ARGUMENT/],
  },
  {
    fault: 'names the holder as the one who told',
    mutation: listed(({ holder, teller }) => ({ teller: teller && holder })),
    found: [CORRECTION, /held by ann and told by ann/],
  },
  {
    fault: 'takes the right answers of a wrong request',
    mutation: replacing('tell', (handler) => async (request, context) => {
      const [first, ...others] = request.answers;
      if (first !== undefined && others.length > 0)
        await handler({ ...request, token: `${request.token}-first`, answers: [first] }, context);
      return handler({ ...request, answers: others.length > 0 ? others : request.answers }, context);
    }),
    found: [about('a class that is none'), /low, high, pending and excluded are 1, 0, 1, 0; right would be 0, 0, 2, 0/],
  },
  {
    fault: 'leaves out answers about points that it does not know',
    mutation: asks('tell', ({ answers }) => ({ answers: answers.filter(({ point }: Message) => point !== 'p24') })),
    found: [about('a point that is none'), /the call ended as OK/],
  },
  {
    fault: 'takes any class',
    mutation: told(({ outcome }) => ({
      outcome: outcome?.value === 'middle' ? { $case: 'label', value: 'low' } : outcome,
    })),
    found: [about('a class that is none'), /the call ended as OK/],
  },
  {
    fault: 'takes the last of two answers about a point',
    mutation: asks('tell', ({ answers }) => ({
      answers: [...new Map(answers.map((answer: Message) => [answer.point, answer])).values()],
    })),
    found: [about('a point twice'), /the call ended as OK/],
  },
  {
    fault: 'names only the first wrong answer',
    mutation: replacing('tell', (handler) => async (request, context) => {
      try {
        return await handler(request, context);
      } catch (error) {
        if (error instanceof DomainError) throw new DomainError('invalid', 'answers[0].point: is wrong');
        throw error;
      }
    }),
    found: ['the details of a refusal name every wrong answer', /the details name nothing/],
  },
  {
    fault: 'keeps points that are given back',
    mutation: told(({ outcome }) => ({
      outcome: outcome?.$case === 'withdrawn' ? { $case: 'excluded', value: true } : outcome,
    })),
    found: ['a point that is given back may be handed out again', /are 0, 0, 23, 1; right would be 0, 0, 23, 0/],
  },
  {
    fault: 'hands out excluded points again',
    mutation: told(({ outcome }) => ({
      outcome: outcome?.$case === 'excluded' ? { $case: 'withdrawn', value: true } : outcome,
    })),
    found: [
      'a point that is excluded is not handed out again, and needs no budget',
      /are 0, 0, 23, 0; right would be 0, 0, 23, 1/,
    ],
  },
  {
    fault: 'charges labels that were taken back',
    mutation: replacing('ask', (handler) => async (request, context) => {
      if (request.count === 3 && request.who === 'ann') throw new DomainError('precondition', 'the budget is used');
      return handler(request, context);
    }),
    found: ['a label that is taken back frees its place in the budget', /FAILED_PRECONDITION/],
  },
  {
    fault: 'lists points without their holder',
    mutation: listed(() => ({ holder: '' })),
    found: [LISTED, /states, holders, labels and tellers are/],
  },
  {
    fault: 'lists excluded points as pending',
    mutation: listed(({ state }) => ({ state: state === 4 ? 1 : state })),
    found: [LISTED, /states, holders, labels and tellers are/],
  },
  {
    fault: 'takes answers without an outcome',
    mutation: told(({ outcome }) => ({ outcome: outcome ?? { $case: 'excluded', value: true } })),
    found: ['an answer without an outcome is INVALID_ARGUMENT', /the call ended as OK/],
  },
];
