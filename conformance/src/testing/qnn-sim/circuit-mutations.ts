import { all, changing, type Message, type Mutation, replacing } from '../mutation.ts';

/** A change of the request of Expectation, and of the one within Gradient. */
export const executes = (change: (request: Message) => Message): Mutation =>
  all(
    changing('expectation', { request: (request) => ({ ...request, ...change(request) }) }),
    changing('gradient', {
      request: ({ expectation, ...rest }) => ({ ...rest, expectation: { ...expectation, ...change(expectation) } }),
    }),
  );
/** Another request of a method. */
export const asks = (method: string, change: (request: Message) => Message): Mutation =>
  changing(method, { request: (request) => ({ ...request, ...change(request) }) });
/** Another response of a method, which may depend on its request. */
export const answers = (method: string, change: (response: Message, request: Message) => Message): Mutation =>
  changing(method, {
    request(request, call) {
      call['request'] = request;
      return request;
    },
    response: (response, { request }) => ({ ...response, ...change(response, request) }),
  });
/** The numbers of a float64 tensor. */
export const doubles = ({ data }: Message) => new Float64Array(new Uint8Array(data).buffer);
/** The tensor with other numbers. */
export const ofDoubles = (tensor: Message, change: (values: Float64Array) => Float64Array) => ({
  ...tensor,
  data: Buffer.from(change(doubles(tensor)).buffer),
});
/** The tensor with all numbers multiplied. */
export const scaled = (tensor: Message, by: number) => ofDoubles(tensor, (values) => values.map((value) => value * by));
/** Each row with its elements in another order. */
export const eachRow = (tensor: Message, change: (row: Float64Array) => Float64Array) => {
  const width = tensor.shape[1];
  return ofDoubles(tensor, (values) =>
    values.map((_, i) => change(values.subarray(i - (i % width), i - (i % width) + width))[i % width]),
  );
};
/** Another program. */
export const qasm = (change: (text: string) => string) => (request: Message) => ({
  circuit: { ...request.circuit, qasm: change(request.circuit.qasm) },
});
/** Qubits of programs counted from the other end. */
export const reversedQubits = qasm((text) => text.replaceAll(/q\[(\d)\](?! q)/g, (_, qubit) => `q[${2 - qubit}]`));
/** The bits of an outcome in reverse order. */
export const reversedBits = (outcome: number, bits: number) =>
  [...Array(bits).keys()].reduce((all, j) => all | (((outcome >> j) & 1) << (bits - 1 - j)), 0);
/** Number of qubits that were measured. */
export const bitsOf = ({ probabilities }: Message) => Math.log2(probabilities.shape[1]);
/** Outcomes of single shots changed. */
export const samples = (change: (outcome: number, index: number, bits: number) => number): Mutation =>
  answers('measure', (response) => {
    if (response.samples === undefined) return {};
    const outcomes = new Int32Array(new Uint8Array(response.samples.data).buffer);
    const data = Buffer.from(outcomes.map((outcome, i) => change(outcome, i, bitsOf(response))).buffer);
    return { samples: { ...response.samples, data } };
  });
/** A seed that is another one. */
export const seeds =
  (method: string, change: (seed: number, instance: number) => number): Mutation =>
  (right, instance) =>
    asks(method, ({ seed }) => ({ seed: change(seed, instance) }))(right, instance);
/** Seeds that are drawn from a count of the process. */
export const counting =
  (method: string): Mutation =>
  (right, instance) => {
    let count = 0;
    return seeds(method, (seed) => seed + count++)(right, instance);
  };
/** Requests with the seed of the request that came last. */
export const sharedSeed =
  (method: string): Mutation =>
  (right, instance) => {
    let last = 0;
    return replacing(method, (handler) => async (request, context) => {
      last = request.seed;
      await new Promise((resolve) => setImmediate(resolve));
      return handler({ ...request, seed: last }, context);
    })(right, instance);
  };
