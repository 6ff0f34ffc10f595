import { JobState } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { changing, type Message, type WrongImplementation } from '../mutation.ts';
import { answers, backends, circuits, dropping, parts } from './run-mutations.ts';

const LISTED = 'backends are listed by name, each once';
const IS = 'a backend says what it is: provider, qubits, price, and why it takes no jobs where it takes none';
const QUOTED = 'a quote has the executions and shots of the circuits: rows, and shots of each row';
const PRICED = 'a quote has the unit of the price, and the price of its jobs, executions and shots within its band';
const EACH_ONCE = 'a run begins with its quote, has each result once, and ends with its summary';
const SUMS = 'the counts of a result sum to its shots, of outcomes that occurred, ascending';
const FREQUENT = 'outcomes are as frequent as the state of their row says';
const JOBS = 'each job is reported until it ends, and has the results that name it';
const SUMMARY = 'the summary has the cost of all jobs, within the quote, and the shots that were taken';

/** Experiment services with wrong backends, quotes and results, each with the check that finds it. */
export const WRONG_RUNS: readonly WrongImplementation[] = [
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
];
