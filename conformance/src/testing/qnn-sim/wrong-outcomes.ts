import { all, type WrongImplementation } from '../mutation.ts';
import {
  answers,
  asks,
  bitsOf,
  counting,
  eachRow,
  reversedBits,
  samples,
  seeds,
  sharedSeed,
} from './circuit-mutations.ts';

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

/** Simulators that draw outcomes wrongly, each with the check that finds it. */
export const WRONG_OUTCOMES: readonly WrongImplementation[] = [
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
    fault: 'measures a qubit twice',
    mutation: asks('measure', ({ qubits }) => ({ qubits: [...new Set(qubits)] })),
    found: ['a measurement of a qubit twice is INVALID_ARGUMENT', /the call ended as OK/],
  },
];
