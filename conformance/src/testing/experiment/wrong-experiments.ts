import { JobState } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { changing, type Message, type Mutation, part, replacing, type WrongImplementation } from '../mutation.ts';

const answers = (method: string, change: (response: Message, request: Message) => Message): Mutation =>
  changing(method, {
    request(request, call) {
      call['request'] = request;
      return request;
    },
    response: (response, { request }) => ({ ...response, ...change(response, request) }),
  });
const settings =
  (change: (settings: Message, instance: number) => Message): Mutation =>
  (right, instance) =>
    changing('run', {
      request: (message) => part(message, 'settings', (given) => ({ ...given, ...change(given, instance) })),
    })(right, instance);
const circuits = (change: (circuit: Message) => Message): Mutation =>
  changing('run', { request: (message) => part(message, 'circuit', (given) => ({ ...given, ...change(given) })) });
const parts = ($case: string, change: (value: Message) => Message): Mutation =>
  changing('run', { response: (message) => part(message, $case, (value) => ({ ...value, ...change(value) })) });
const dropping = (drop: (part: Message) => boolean): Mutation =>
  changing('run', { response: (message) => (drop(message.part) ? undefined : message) });
const backends = (change: (backends: Message[]) => Message[]): Mutation =>
  changing('listBackends', { response: ({ backends: all }) => ({ backends: change(all) }) });

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

const LISTED = 'backends are listed by name, each once';
const IS = 'a backend says what it is: provider, qubits, price, and why it takes no jobs where it takes none';
const QUOTED = 'a quote has the executions and shots of the circuits: rows, and shots of each row';
const PRICED = 'a quote has the unit of the price, and the price of its jobs, executions and shots within its band';
const EACH_ONCE = 'a run begins with its quote, has each result once, and ends with its summary';
const SUMS = 'the counts of a result sum to its shots, of outcomes that occurred, ascending';
const FREQUENT = 'outcomes are as frequent as the state of their row says';
const JOBS = 'each job is reported until it ends, and has the results that name it';
const SUMMARY = 'the summary has the cost of all jobs, within the quote, and the shots that were taken';
const REPEATED = 'a run that is repeated has the results that were paid for, and pays for no more';
const OF_ALL = 'a budget is that of all runs of a study, and of no other study';
const SECOND = 'a run at a second instance of the same log has the results that the first paid for';
const ENDED = 'the cancellation of an ended run changes nothing';
const IS_SAME = /the list of counts is the same/;
const other = (what: string) => `a run of the same name with ${what} is FAILED_PRECONDITION`;

/** Wrong experiment services, each with the check that finds it. */
export const WRONG_EXPERIMENTS: readonly WrongImplementation[] = [
  {
    fault: 'lists backends as they were configured',
    mutation: backends((all) => all.toReversed()),
    found: [LISTED, /priced, free, device/],
  },
  { fault: 'lists a backend twice', mutation: backends((all) => [all[0], ...all]), found: [LISTED, /device, device/] },
  {
    fault: 'gives no reason why a backend is offline',
    mutation: backends((all) => all.map((backend) => ({ ...backend, reason: '' }))),
    found: [IS, /online is false, and the reason is ""/],
  },
  {
    fault: 'has a price without a unit',
    mutation: backends((all) => all.map((backend) => ({ ...backend, price: { ...backend.price, unit: '' } }))),
    found: [IS, /no price with a unit/],
  },
  {
    fault: 'answers with another backend',
    mutation: changing('getBackend', { request: ({ name }) => ({ name: name === 'free' ? 'priced' : name }) }),
    found: ['each backend that is listed can be asked for', /asked for free, it is priced/],
  },
  {
    fault: 'quotes a circuit as one execution',
    mutation: answers('quote', (_, request) => ({ executions: request.circuits.length })),
    found: [QUOTED, /2 executions are quoted/],
  },
  {
    fault: 'quotes the shots of circuits in place of those of rows',
    mutation: answers('quote', (_, request) => ({
      shots: BigInt(request.circuits.reduce((sum: number, { shots }: Message) => sum + shots, 0)),
    })),
    found: [QUOTED, /400 shots are quoted/],
  },
  {
    fault: 'quotes a band upside down',
    mutation: answers('quote', ({ seconds }) => ({ seconds: { ...seconds, low: seconds.high + 1 } })),
    found: [PRICED, /the time is 3, 1, 2/],
  },
  {
    fault: 'quotes in another unit',
    mutation: answers('quote', () => ({ unit: 'EUR' })),
    found: [PRICED, /the unit is "EUR"; right would be "free"/],
  },
  {
    fault: 'quotes a price for what is free',
    mutation: answers('quote', () => ({ cost: { low: 1, expected: 1, high: 1 } })),
    found: [PRICED, /1 is expected; right would be 0/],
  },
  {
    fault: 'runs without a quote',
    mutation: dropping(({ $case }) => $case === 'quote'),
    found: [EACH_ONCE, /job comes first; right would be the quote first/],
  },
  {
    fault: 'ends without a summary',
    mutation: dropping(({ $case }) => $case === 'summary'),
    found: [EACH_ONCE, /the stream has no summary/],
  },
  {
    fault: 'loses the last row of a circuit',
    mutation: dropping(({ $case, value }) => $case === 'counts' && value.row === 1),
    found: [EACH_ONCE, /the results are of 0.0, 1.0/],
  },
  {
    fault: 'gives a result twice',
    mutation: changing('run', {
      response: (message) =>
        message.part.$case === 'counts' && message.part.value.circuit === 1 ? [message, message] : message,
    }),
    found: [EACH_ONCE, /0.0, 0.1, 1.0, 1.0/],
  },
  {
    fault: 'numbers rows across circuits',
    mutation: parts('counts', ({ circuit, row }) => ({ row: circuit === 1 ? 2 : row })),
    found: [EACH_ONCE, /0.0, 0.1, 1.2/],
  },
  {
    fault: 'loses shots',
    mutation: parts('counts', ({ counts }) => ({ counts: counts.with(0, counts[0] - 1) })),
    found: [SUMS, /the counts sum to 199; right would be 200/],
  },
  {
    fault: 'counts outcomes that did not occur',
    mutation: parts('counts', ({ outcomes, counts }) => ({ outcomes: [...outcomes, 7n], counts: [...counts, 0] })),
    found: [SUMS, /a count is 0/],
  },
  {
    fault: 'gives outcomes as they came',
    mutation: parts('counts', ({ outcomes, counts }) => ({
      outcomes: outcomes.toReversed(),
      counts: counts.toReversed(),
    })),
    found: [SUMS, /right would be ascending/],
  },
  {
    fault: 'has the first measured qubit in the highest bit',
    mutation: parts('counts', ({ circuit, outcomes }) => ({
      outcomes: circuit === 1 ? outcomes.map(() => 6n) : outcomes,
    })),
    found: ['bit j of an outcome is the j-th measured qubit', /the outcomes of \|011⟩ are 6/],
  },
  {
    fault: 'measures qubits in their own order',
    mutation: circuits(({ qubits }) => ({ qubits: qubits.toSorted() })),
    found: [FREQUENT, /outcome 1 of row 0 has the share/],
  },
  {
    fault: 'swaps the rows of inputs',
    mutation: parts('counts', ({ circuit, row }) => ({ row: circuit === 0 ? 1 - row : row })),
    found: [FREQUENT, /outcome 0 of row \d has the share/],
  },
  {
    fault: 'forgets a job that it submitted',
    mutation: dropping(({ $case, value }) => $case === 'job' && value.job === 1),
    found: [JOBS, /a result names job 1, which is undefined/],
  },
  {
    fault: 'does not report the end of a job',
    mutation: dropping(({ $case, value }) => $case === 'job' && value.state === JobState.COMPLETED),
    found: [JOBS, /job 0 is INTENDED, QUEUED/],
  },
  {
    fault: 'reports states in another order',
    mutation: parts('job', ({ state }) => ({
      state: state === JobState.INTENDED ? JobState.RUNNING : state,
    })),
    found: [JOBS, /RUNNING, QUEUED, COMPLETED/],
  },
  {
    fault: 'counts executions as jobs',
    mutation: parts('summary', () => ({ jobs: 3 })),
    found: [JOBS, /2 jobs are reported, and 3 in the summary/],
  },
  {
    fault: 'charges more than its jobs',
    mutation: parts('summary', ({ cost }) => ({ cost: cost + 1 })),
    found: [SUMMARY, /the summary has the cost 1; right would be 0/],
  },
  {
    fault: 'counts the shots of circuits in its summary',
    mutation: parts('summary', () => ({ shots: 400n })),
    found: [SUMMARY, /the summary has 400 shots; right would be 600/],
  },
  {
    fault: 'begins a run with another quote',
    mutation: parts('quote', ({ executions }) => ({ executions: executions, jobs: executions })),
    found: ['the quote of a run is that of Quote', /jobs of the run's quote is 3; right would be 2/],
  },
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
