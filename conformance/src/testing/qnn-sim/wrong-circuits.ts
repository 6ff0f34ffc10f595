import { changing, type Message, type WrongImplementation } from '../mutation.ts';
import {
  answers,
  asks,
  doubles,
  eachRow,
  executes,
  ofDoubles,
  qasm,
  reversedQubits,
  scaled,
} from './circuit-mutations.ts';

const EXPECTATION = 'the expectations of a program are those of its formula';
const GRADIENT = 'the gradient of a program is that of its formula';
const SHOTS = 'an expectation from shots is a mean of outcomes, near the exact one';
const RESET = 'a reset between gates is executed or INVALID_ARGUMENT, never left out';

/** Simulators with wrong expectations and gradients, each with the check that finds it. */
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
    fault: 'takes programs with another number of parameters',
    mutation: executes(({ parameters }) =>
      parameters.shape[0] === 3
        ? { parameters: { ...parameters, shape: [2], data: parameters.data.subarray(0, 16) } }
        : {},
    ),
    found: ['a program with another number of parameters is INVALID_ARGUMENT', /the call ended as OK/],
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
