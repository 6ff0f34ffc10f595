import { all, changing, type Message, type Mutation, replacing, type WrongImplementation } from '../mutation.ts';

/** A change of the request of Expectation, and of the one within Gradient. */
const executes = (change: (request: Message) => Message): Mutation =>
  all(
    changing('expectation', { request: (request) => ({ ...request, ...change(request) }) }),
    changing('gradient', {
      request: ({ expectation, ...rest }) => ({ ...rest, expectation: { ...expectation, ...change(expectation) } }),
    }),
  );
const asks = (method: string, change: (request: Message) => Message): Mutation =>
  changing(method, { request: (request) => ({ ...request, ...change(request) }) });
const answers = (method: string, change: (response: Message, request: Message) => Message): Mutation =>
  changing(method, {
    request(request, call) {
      call['request'] = request;
      return request;
    },
    response: (response, { request }) => ({ ...response, ...change(response, request) }),
  });
const doubles = ({ data }: Message) => new Float64Array(new Uint8Array(data).buffer);
const ofDoubles = (tensor: Message, change: (values: Float64Array) => Float64Array) => ({
  ...tensor,
  data: Buffer.from(change(doubles(tensor)).buffer),
});
const scaled = (tensor: Message, by: number) => ofDoubles(tensor, (values) => values.map((value) => value * by));
/** Each row with its elements in another order. */
const eachRow = (tensor: Message, change: (row: Float64Array) => Float64Array) => {
  const width = tensor.shape[1];
  return ofDoubles(tensor, (values) =>
    values.map((_, i) => change(values.subarray(i - (i % width), i - (i % width) + width))[i % width]),
  );
};
const qasm = (change: (text: string) => string) => (request: Message) => ({
  circuit: { ...request.circuit, qasm: change(request.circuit.qasm) },
});
/** Qubits of programs counted from the other end. */
const reversedQubits = qasm((text) => text.replaceAll(/q\[(\d)\](?! q)/g, (_, qubit) => `q[${2 - qubit}]`));
const reversedBits = (outcome: number, bits: number) =>
  [...Array(bits).keys()].reduce((all, j) => all | (((outcome >> j) & 1) << (bits - 1 - j)), 0);
const bitsOf = ({ probabilities }: Message) => Math.log2(probabilities.shape[1]);
/** Outcomes of single shots changed. */
const samples = (change: (outcome: number, index: number, bits: number) => number): Mutation =>
  answers('measure', (response) => {
    if (response.samples === undefined) return {};
    const outcomes = new Int32Array(new Uint8Array(response.samples.data).buffer);
    const data = Buffer.from(outcomes.map((outcome, i) => change(outcome, i, bitsOf(response))).buffer);
    return { samples: { ...response.samples, data } };
  });
/** A seed that is another one. */
const seeds =
  (method: string, change: (seed: number, instance: number) => number): Mutation =>
  (right, instance) =>
    asks(method, ({ seed }) => ({ seed: change(seed, instance) }))(right, instance);
const counting =
  (method: string): Mutation =>
  (right, instance) => {
    let count = 0;
    return seeds(method, (seed) => seed + count++)(right, instance);
  };
/** Requests with the seed of the request that came last. */
const sharedSeed =
  (method: string): Mutation =>
  (right, instance) => {
    let last = 0;
    return replacing(method, (handler) => async (request, context) => {
      last = request.seed;
      await new Promise((resolve) => setImmediate(resolve));
      return handler({ ...request, seed: last }, context);
    })(right, instance);
  };

const EXPECTATION = 'the expectations of a program are those of its formula';
const GRADIENT = 'the gradient of a program is that of its formula';
const SHOTS = 'an expectation from shots is a mean of outcomes, near the exact one';
const RESET = 'a reset between gates is executed or INVALID_ARGUMENT, never left out';
const IN_ORDER = 'the probabilities of all qubits are those of the state, bit j that of the j-th measured qubit';
const SOME =
  'the probabilities of some qubits in another order are those of the state, bit j that of the j-th measured qubit';
const FREQUENCIES = 'there is one outcome for each shot, as often as its probability says';
const BASIS = 'a basis state has its outcome in every shot';
const ANOTHER = /the list of (values|outcomes).* is another one/;
const IS_SAME = /the list of (values|outcomes) is the same/;

/** Rows of calls that draw random numbers. */
const DRAWING = [
  ['expectation', 'an expectation from shots'],
  ['measure', 'a measurement'],
] as const;

/** Simulators that execute circuits wrongly, each with the check that finds it. */
export const WRONG_CIRCUITS: readonly WrongImplementation[] = [
  {
    fault: 'gives expectations in the order of the alphabet',
    mutation: answers('expectation', ({ values }, { observables }) => {
      const order = [...observables.keys()].sort((i, j) => (observables[i] < observables[j] ? -1 : 1));
      return { values: eachRow(values, (row) => row.map((_, i) => row[order[i]])) };
    }),
    found: [EXPECTATION, /⟨Z0⟩ of input 0 is .*; right would be 0.54/],
  },
  {
    fault: 'has expectations of the other sign',
    mutation: answers('expectation', ({ values }) => ({ values: scaled(values, -1) })),
    found: [EXPECTATION, /⟨Z0⟩ of input 0 is -0.54/],
  },
  {
    fault: 'has the other sign of Y',
    mutation: executes(({ observables }) => ({
      observables: observables.map((text: string) => text.replace('- 1.2*Y1', '+ 1.2*Y1').replace(/^Y2$/, '-1*Y2')),
    })),
    found: [EXPECTATION, /⟨0.5\*Z1 - 1.2\*Y1⟩/],
  },
  {
    fault: 'counts qubits from the other end',
    mutation: executes(reversedQubits),
    found: [EXPECTATION, /⟨Z0⟩ of input 0/],
  },
  {
    fault: 'takes the parameters in the order of the alphabet',
    mutation: executes(({ parameters }) => ({
      parameters: ofDoubles(parameters, (values) => (values.length === 2 ? values.reverse() : values)),
    })),
    found: [EXPECTATION, /⟨Z0⟩ of input 0/],
  },
  {
    fault: 'executes the first input for each row',
    mutation: executes(({ inputs }) => ({
      inputs: ofDoubles(inputs, (values) => values.map((_, i) => values[i % Math.max(1, inputs.shape[1])])),
    })),
    found: [EXPECTATION, /of input 1/],
  },
  {
    fault: 'rotates by twice the angle',
    mutation: executes(({ parameters, inputs }) => ({ parameters: scaled(parameters, 2), inputs: scaled(inputs, 2) })),
    found: [EXPECTATION, /⟨Z0⟩ of input 0/],
  },
  {
    fault: 'reads float32 parameters as zeros',
    mutation: executes(({ parameters }) =>
      parameters.data.length / 8 === parameters.shape[0]
        ? {}
        : { parameters: { ...parameters, data: Buffer.alloc(parameters.data.length) } },
    ),
    found: ['inputs and parameters may be float32', /⟨Z0⟩ of input 0/],
  },
  {
    fault: 'leaves out resets',
    mutation: executes(qasm((text) => text.replaceAll(/reset .*\n/g, ''))),
    found: [RESET, /⟨Z1⟩ after resets of qubits 1 and 2 is 0; right would be 1/],
  },
  {
    fault: 'keeps only what a reset finds in |0⟩',
    mutation: executes(qasm((text) => text.replace(/h q\[0\];\ncx .*\n/, '').replaceAll(/reset q\[1\];\n/g, ''))),
    found: [RESET, /⟨Z0⟩ after resets of qubits 1 and 2 is 1; right would be 0/],
  },
  {
    fault: 'ignores the shots of expectations',
    mutation: asks('expectation', () => ({ shots: 0 })),
    found: [SHOTS, /from 4096 shots is .*; right would be a mean of 4096 outcomes/],
  },
  {
    fault: 'takes a shot less',
    mutation: asks('expectation', ({ shots }) => ({ shots: Math.max(0, shots - 1) })),
    found: [SHOTS, /a mean of 4096 outcomes/],
  },
  {
    fault: 'adds noise in the place of shots',
    mutation: asks('expectation', ({ shots }) => ({ shots: shots === 0 ? 0 : Math.ceil(shots / 4096) * 2 })),
    found: [SHOTS, /from 4096 shots is .* within/],
  },
  {
    fault: 'ignores readout errors',
    mutation: asks('expectation', () => ({ noise: undefined })),
    found: ['a readout error p leaves 1 − 2p of each Pauli operator', /⟨Z0⟩ with a readout error of 0.1 is/],
  },
  {
    fault: 'applies a readout error once to a product',
    mutation: answers('expectation', ({ values }, { noise }) =>
      noise?.readoutError
        ? { values: eachRow(values, (row) => row.map((value, i) => (i === 1 ? value / 0.8 : value))) }
        : {},
    ),
    found: ['a readout error p leaves 1 − 2p of each Pauli operator', /⟨X2 Z0⟩ with a readout error/],
  },
  ...(['parameterGradient', 'inputGradient'] as const).map(
    (field): WrongImplementation => ({
      fault: `gives half of the ${field}`,
      mutation: answers('gradient', (response) => ({ [field]: scaled(response[field], 0.5) })),
      found: [
        GRADIENT,
        field === 'inputGradient'
          ? /the derivative by input 0 of row 0/
          : /the derivative by the parameter of two gates/,
      ],
    }),
  ),
  {
    fault: 'gives the gradient in the reverse order of parameters',
    mutation: answers('gradient', ({ parameterGradient }) => ({
      parameterGradient: ofDoubles(parameterGradient, (values) => values.reverse()),
    })),
    found: [GRADIENT, /the derivative by the parameter of two gates/],
  },
  {
    fault: 'differentiates only the first gate of a parameter',
    mutation: changing('gradient', {
      // The other gates of the parameter get its value as an input, whose derivative is dropped.
      request: ({ expectation, ...rest }) => ({
        ...rest,
        expectation: { ...expectation, ...onceInGates(expectation) },
      }),
      response: (response) => ({ ...response, inputGradient: firstColumns(response.inputGradient, 2) }),
    }),
    found: [GRADIENT, /the derivative by the parameter of two gates/],
  },
  {
    fault: 'gives the mean of gradients over the batch',
    mutation: answers('gradient', ({ parameterGradient }, { weights }) => ({
      parameterGradient: scaled(parameterGradient, 1 / weights.shape[0]),
    })),
    found: [GRADIENT, /the derivative by the parameter of two gates/],
  },
  {
    fault: 'ignores the weights of a gradient',
    mutation: asks('gradient', ({ weights }) => ({ weights: ofDoubles(weights, (values) => values.fill(1)) })),
    found: [GRADIENT, /the derivative by the parameter of two gates/],
  },
  {
    fault: 'takes the weights of the first row for every row',
    mutation: asks('gradient', ({ weights }) => ({
      weights: ofDoubles(weights, (values) => values.map((_, i) => values[i % weights.shape[1]])),
    })),
    found: [GRADIENT, /the derivative by/],
  },
  {
    fault: 'gives the gradient of the other sign by parameter shift',
    mutation: answers('gradient', ({ parameterGradient }, { method }) =>
      method === 'parameter-shift' ? { parameterGradient: scaled(parameterGradient, -1) } : {},
    ),
    found: ['the gradient by parameter-shift of a program is that of its formula', /the derivative by/],
  },
  {
    fault: 'gives weighted expectations with a gradient',
    mutation: answers('gradient', ({ values }, { weights }) => ({
      values: ofDoubles(values, (all) => all.map((value, i) => value * doubles(weights)[i])),
    })),
    found: [GRADIENT, /values\[1\] is/],
  },
  {
    fault: 'has the qubits of outcomes in reverse order',
    mutation: all(
      answers('measure', (response) => ({
        probabilities: eachRow(response.probabilities, (row) =>
          row.map((_, k) => row[reversedBits(k, bitsOf(response))]),
        ),
      })),
      samples((outcome, _, bits) => reversedBits(outcome, bits)),
    ),
    found: [IN_ORDER, /the probability of outcome 1 of input 0/],
  },
  {
    fault: 'measures the named qubits in their own order',
    mutation: asks('measure', ({ qubits }) => ({ qubits: qubits.toSorted() })),
    found: [SOME, /the probability of outcome/],
  },
  {
    fault: 'measures all qubits',
    mutation: asks('measure', () => ({ qubits: [] })),
    found: [SOME, /probabilities.*shape/],
  },
  {
    fault: 'has outcomes of shots in reverse bit order',
    mutation: samples((outcome, _, bits) => reversedBits(outcome, bits)),
    found: [BASIS, /the outcome of a shot of \|011⟩ is 6; right would be 3/],
  },
  {
    fault: 'draws outcomes that are all alike',
    mutation: samples((_, i, bits) => i % 2 ** bits),
    found: [FREQUENCIES, /outcome 0 of input 0 has the share 0.25/],
  },
  {
    fault: 'draws the outcomes of every row from the first one',
    mutation: answers('measure', ({ samples: drawn }) => {
      if (drawn === undefined || drawn.shape[0] === 1) return {};
      const half = drawn.data.subarray(0, drawn.data.length / 2);
      return { samples: { ...drawn, data: Buffer.concat([half, half]) } };
    }),
    found: [FREQUENCIES, /of input 1 has the share/],
  },
  {
    fault: 'ignores the number of shots',
    mutation: asks('measure', ({ shots }) => ({ shots: shots === 0 ? 0 : 100 })),
    found: [FREQUENCIES, /samples.*shape/],
  },
  {
    fault: 'draws each qubit by itself',
    mutation: samples((outcome, i) => (i % 2 === 1 && outcome % 3 === 0 ? outcome ^ 1 : outcome)),
    found: ['the outcomes of two entangled qubits agree in every shot', /the outcomes are .*; right would be 0 and 3/],
  },
  {
    fault: 'has outcomes that do not exist',
    mutation: samples((outcome, i, bits) => (i === 7 ? outcome + 2 ** bits : outcome)),
    found: [FREQUENCIES, /is an outcome of two qubits/],
  },
  ...DRAWING.flatMap(([method, name]): WrongImplementation[] => [
    {
      fault: `ignores the seed of ${method}`,
      mutation: seeds(method, () => 1),
      found: [`${name} depends on its seed`, IS_SAME],
    },
    {
      fault: `reads 16 bits of the seed of ${method}`,
      mutation: seeds(method, (seed) => seed & 0xffff),
      found: [`${name} depends on the upper half of its seed`, IS_SAME],
    },
    {
      fault: `reads the seed of ${method} as a signed number`,
      mutation: seeds(method, (seed) => seed & 0x7fffffff),
      found: [`${name} depends on the highest bit of its seed`, IS_SAME],
    },
    {
      fault: `draws from random numbers of the process in ${method}`,
      mutation: counting(method),
      found: [`${name} does not depend on earlier calls`, ANOTHER],
    },
    {
      fault: `mixes up calls of ${method} at the same time`,
      mutation: sharedSeed(method),
      found: [`${name} does not depend on calls that run at the same time`, ANOTHER],
    },
    {
      fault: `is seeded by its process in ${method}`,
      mutation: seeds(method, (seed, instance) => seed + instance),
      found: [
        `${name} at a second instance gives the same ${method === 'measure' ? 'list of outcomes' : 'list of values'}`,
        ANOTHER,
      ],
    },
  ]),
  {
    fault: 'takes programs with another number of parameters',
    mutation: executes(({ parameters }) =>
      parameters.shape[0] === 3
        ? { parameters: { ...parameters, shape: [2], data: parameters.data.subarray(0, 16) } }
        : {},
    ),
    found: ['a program with another number of parameters is INVALID_ARGUMENT', /the call ended as OK/],
  },
  {
    fault: 'measures a qubit twice',
    mutation: asks('measure', ({ qubits }) => ({ qubits: [...new Set(qubits)] })),
    found: ['a measurement of a qubit twice is INVALID_ARGUMENT', /the call ended as OK/],
  },
];

/** The product circuit with the second gate of `zeta` as an input x2, whose value is that of zeta. */
function onceInGates({ circuit, inputs, parameters }: Message): Message {
  const text = circuit.qasm
    .replace('rz(zeta)', 'rz(x2)')
    .replace('input float x1;', 'input float x1;\ninput float x2;');
  const [zeta] = doubles(parameters);
  const rows = inputs.shape[0];
  const given = doubles(inputs);
  const wide = Float64Array.from({ length: 3 * rows }, (_, i) =>
    i % 3 === 2 ? zeta : given[2 * Math.floor(i / 3) + (i % 3)],
  );
  return {
    circuit: { ...circuit, qasm: text },
    inputs: { ...inputs, shape: [rows, 3], data: Buffer.from(wide.buffer) },
  };
}

function firstColumns(tensor: Message, columns: number): Message {
  const [rows, width] = tensor.shape;
  const values = doubles(tensor);
  const kept = Float64Array.from(
    { length: rows * columns },
    (_, i) => values[width * Math.floor(i / columns) + (i % columns)],
  );
  return { ...tensor, shape: [rows, columns], data: Buffer.from(kept.buffer) };
}
