import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { changing, type Message, type Mutation, replacing, type WrongImplementation } from '../mutation.ts';
import { answers, circuits, settings } from './run-mutations.ts';

/** A service that takes the circuits that a study had first for all later ones. */
const keepsFirstCircuits: Mutation = (right, instance) => {
  const first = new Map<string, Message[]>();
  return changing('run', {
    request(message, call) {
      if (message.part?.$case === 'settings') {
        call['study'] = message.part.value.study;
        call['known'] = first.get(call['study']);
        if (call['known'] === undefined) first.set(call['study'], []);
        return call['known'] === undefined ? message : [message, ...call['known']];
      }
      if (call['known'] !== undefined) return undefined;
      first.get(call['study'])?.push(message);
      return message;
    },
  })(right, instance);
};

const REPEATED = 'a run that is repeated has the results that were paid for, and pays for no more';
const OF_ALL = 'a budget is that of all runs of a study, and of no other study';
const SECOND = 'a run at a second instance of the same log has the results that the first paid for';
const ENDED = 'the cancellation of an ended run changes nothing';
const IS_SAME = /the list of counts is the same/;
const other = (what: string) => `a run of the same name with ${what} is FAILED_PRECONDITION`;

/** Experiment services that keep or repeat runs wrongly, each with the check that finds it. */
export const WRONG_JOURNALS: readonly WrongImplementation[] = [
  {
    fault: 'runs a repeated run again',
    mutation: (right, instance) => {
      let count = 0;
      return settings(({ run, seed }) => ({ run: `${run}-${count++}`, seed: seed + count }))(right, instance);
    },
    found: [REPEATED, /the call ended as FAILED_PRECONDITION/],
  },
  {
    fault: 'charges a repeated run again',
    mutation: (right, instance) => {
      const seen = new Map<string, number>();
      return changing('run', {
        request(message, call) {
          if (message.part?.$case === 'settings') call['key'] = `${message.part.value.study} ${message.part.value.run}`;
          return message;
        },
        response(message, { key }) {
          if (message.part.$case !== 'summary') return message;
          const times = (seen.get(key) ?? 0) + 1;
          seen.set(key, times);
          return {
            part: { $case: 'summary', value: { ...message.part.value, jobs: message.part.value.jobs * times } },
          };
        },
      })(right, instance);
    },
    found: [REPEATED, /after it 4 jobs cost 0; right would be 2 jobs/],
  },
  {
    fault: 'takes a repeated run for another one while it runs',
    mutation: (right, instance) => {
      const open = new Set<string>();
      return replacing(
        'run',
        (handler) =>
          async function* (requests, context) {
            const messages: Message[] = [];
            for await (const message of requests) messages.push(message);
            const given = messages.find((message) => message.part?.$case === 'settings')?.part.value;
            const key = `${given?.study} ${given?.run}`;
            if (open.has(key))
              for (const message of messages)
                if (message.part?.$case === 'settings')
                  message.part = { $case: 'settings', value: { ...given, run: `${given.run}-again` } };
            open.add(key);
            await new Promise((resolve) => setImmediate(resolve));
            const reader = {
              [Symbol.asyncIterator]: () => messages[Symbol.iterator](),
              receive: async () => messages.shift(),
              next: async () => ({ done: messages.length === 0, value: messages.shift() }),
            };
            try {
              yield* handler(reader, context);
            } finally {
              open.delete(key);
            }
          },
      )(right, instance);
    },
    found: ['runs of the same name at the same time are one run', /FAILED_PRECONDITION/],
  },
  {
    fault: 'ignores other circuits of a run',
    mutation: keepsFirstCircuits,
    found: [other('other circuits'), /the call ended as OK/],
  },
  {
    fault: 'ignores other shots of a run',
    mutation: circuits(() => ({ shots: 200 })),
    found: [other('other shots'), /the call ended as OK/],
  },
  {
    fault: 'ignores another seed of a run',
    mutation: settings(() => ({ seed: 5 })),
    found: [other('another seed'), /the call ended as OK/],
  },
  {
    fault: 'ignores the cap of shots',
    mutation: settings(({ budget }) => ({ budget: budget && { ...budget, shots: undefined } })),
    found: [
      'a run of more shots than the budget is FAILED_PRECONDITION, and nothing is submitted',
      /the call ended as OK/,
    ],
  },
  {
    fault: 'keeps a run that exceeded the budget',
    mutation: (right, instance) => {
      const refused = new Set<string>();
      return replacing(
        'run',
        (handler) =>
          async function* (requests, context) {
            let study = '';
            const seen = changing('run', {
              request(message) {
                if (message.part?.$case === 'settings') ({ study } = message.part.value);
                return message;
              },
            })({ definition: right.definition, handlers: { ...right.handlers, run: handler } }, instance).handlers[
              'run'
            ];
            try {
              for await (const message of seen(requests, context)) {
                if (refused.has(study)) throw new DomainError('precondition', 'the run was refused');
                yield message;
              }
            } catch (error) {
              refused.add(study);
              throw error;
            }
          },
      )(right, instance);
    },
    found: [
      'a run of more shots than the budget is FAILED_PRECONDITION, and nothing is submitted',
      /the run was refused/,
    ],
  },
  {
    fault: 'has a budget for each run',
    mutation: settings(({ study, run }) => ({ study: `${study}-${run}` })),
    found: [OF_ALL, /the call ended as OK/],
  },
  {
    fault: 'has one budget for all studies',
    mutation: settings(({ study, run }) => ({ study: 'all', run: `${study}-${run}` })),
    found: [OF_ALL, /FAILED_PRECONDITION/],
  },
  {
    fault: 'reports cancelled jobs of a run that had ended',
    mutation: answers('cancel', () => ({ cancelledJobs: 2 })),
    found: [ENDED, /2 jobs were cancelled of a run that had ended/],
  },
  {
    fault: 'forgets the cost of a cancelled run',
    mutation: answers('cancel', ({ cost }) => ({ cost: cost - 1 })),
    found: [ENDED, /the run has cost -1; right would be 0/],
  },
  {
    fault: 'cancels runs that are not there',
    mutation: replacing('cancel', (handler) => async (request, context) => {
      try {
        return await handler(request, context);
      } catch {
        return { cost: 0, cancelledJobs: 0 };
      }
    }),
    found: ['the cancellation of a run that is not there is NOT_FOUND', /the call ended as OK/],
  },
  {
    fault: 'keeps runs in its process',
    mutation: settings(({ study }, instance) => ({ study: `${study}-${instance}` })),
    found: [SECOND, /the call ended as OK/],
  },
  {
    fault: 'is seeded by its process',
    mutation: settings(({ seed }, instance) => ({ seed: seed + instance })),
    found: ['a run on a simulated backend at a second instance gives the same list of counts', /is another one/],
  },
  {
    fault: 'ignores the seed',
    mutation: settings(() => ({ seed: 5 })),
    found: ['a run on a simulated backend depends on its seed', IS_SAME],
  },
  {
    fault: 'reads 16 bits of the seed',
    mutation: settings(({ seed }) => ({ seed: seed & 0xffff })),
    found: ['a run on a simulated backend depends on the upper half of its seed', IS_SAME],
  },
  {
    fault: 'is seeded by the name of the run',
    mutation: settings(({ run, seed }) => ({ seed: seed + run.length })),
    found: ['a run on a simulated backend does not depend on the name of the run', /is another one/],
  },
  {
    fault: 'executes the first row of inputs for all',
    mutation: circuits(({ inputs }) => {
      const [rows, width] = inputs.shape;
      const first = Buffer.from(inputs.data.subarray(0, 8 * width));
      return { inputs: { ...inputs, data: Buffer.concat(Array.from({ length: rows }, () => first)) } };
    }),
    found: ['a run on a simulated backend depends on the last row of inputs', IS_SAME],
  },
];
