import { ANSATZ_NAMES } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { ENCODING_NAMES } from '@qloom/quantum/encodings/encoding-table.ts';
import fc from 'fast-check';
import type { DataShape } from '../model/qnn-model.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';

/** Mostly absent: if each setting were wrong occasionally, most combinations would be wrong. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 5 }, { arbitrary, weight: 1 });

const ansatzOptions = fc.oneof(
  fc.record({ electrons: fc.integer({ min: 1, max: 5 }), singles: fc.boolean() }, { requiredKeys: ['electrons'] }),
  fc.constant({ rotations: ['h'], entanglers: ['cz'] }),
  fc.constant({ finalRotations: false }),
  fc.constant({ depth: 2 }),
);

const encodingOptions = fc.oneof(
  fc.constant({ reupload: true }),
  fc.constant({ repeats: 1 }),
  fc.constant({ axis: 'w' }),
);

const observable = fc.oneof(
  fc.constantFrom('Z0', 'X0 X1', '0.5*Z0 Z1 - 1.2*X2', 'Z4', '3', 'Q0', '1e999*Z0'),
  fc.integer({ min: 0, max: 5 }).map((qubit) => `Z${qubit}`),
);

/** A program with these numbers of qubits, features and trained parameters, including unused ones. */
const program = fc
  .record({
    qubits: fc.integer({ min: 1, max: 3 }),
    features: fc.integer({ min: 0, max: 3 }),
    trained: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ qubits, features, trained }) => {
    const names = [
      ...Array.from({ length: features }, (_, j) => `x${j}`),
      ...Array.from({ length: trained }, (_, j) => `theta${j}`),
    ];
    const lines = names.flatMap((name, j) => [`input float ${name};`, `ry(${name}) q[${j % qubits}];`]);
    const inputs = lines.filter((_, i) => i % 2 === 0);
    const gates = lines.filter((_, i) => i % 2 === 1);
    return ['OPENQASM 3.0;', 'include "stdgates.inc";', ...inputs, `qubit[${qubits}] q;`, ...gates].join('\n');
  });

const table = fc.record({
  qubits: fc.integer({ min: 1, max: 4 }),
  layers: fc.integer({ min: 1, max: 2 }),
  ansatz: fc.constantFrom(...ANSATZ_NAMES),
  ansatzOptions: maybe(ansatzOptions),
  encoding: fc.option(fc.constantFrom(...ENCODING_NAMES), { nil: undefined }),
  encodingOptions: maybe(encodingOptions),
});

/** At most three qubits and one layer where noise takes a density matrix: one gradient step of four and two may take 10 s. */
function onDensityMatrix(circuit: object, noise: object | undefined): object {
  if (!('qubits' in circuit) || noise === undefined || 'trajectories' in noise) return circuit;
  return { ...circuit, layers: 1, qubits: Math.min(3, circuit.qubits as number) };
}

/** Settings of small QNNs, each in its own range; they may or may not fit together, or with data. */
export const arbitraryQnn: fc.Arbitrary<Partial<QnnSettings>> = fc
  .tuple(
    fc.oneof({ arbitrary: table, weight: 4 }, { arbitrary: program.map((qasm) => ({ qasm })), weight: 1 }),
    fc.record({
      observables: maybe(fc.array(observable, { minLength: 1, maxLength: 4 })),
      shots: maybe(fc.constant(5)),
      noise: maybe(fc.constantFrom({ depolarizing: 0.1, trajectories: 2 }, { amplitudeDamping: 0.1 })),
      gradient: maybe(fc.constantFrom('adjoint', 'parameter-shift')),
    }),
  )
  .map(([circuit, reading]) => {
    const given = Object.entries({ ...onDensityMatrix(circuit, reading.noise), ...reading }).filter(
      ([, value]) => value !== undefined,
    );
    return Object.fromEntries(given) as Partial<QnnSettings>;
  });

/** Few features and classes, so that as many pairs fit as do not. */
export const arbitraryShape: fc.Arbitrary<DataShape> = fc.record({
  features: fc.integer({ min: 1, max: 4 }),
  classes: fc.integer({ min: 2, max: 4 }),
});
