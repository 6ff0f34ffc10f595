import { createRandom } from '@qloom/random/random.ts';
import { rounding } from '@qloom/tensor/testing/rounding.ts';
import fc from 'fast-check';
import { type Circuit, createCircuitBuilder } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { collected, constant, inputProduct, parameter, product, sum } from '../gates/angle.ts';
import { GATES, type GateName } from '../gates/gates.ts';
import { runCircuit, type Statevector } from '../simulation/statevector.ts';
import { randomProblem } from '../testing/random-problem.ts';
import { readOpenQasm } from './read-openqasm.ts';
import { inputName, type WriteOptions, writeOpenQasm } from './write-openqasm.ts';

/** |⟨a|b⟩|, which is independent of global phase. */
function overlap(a: Statevector, b: Statevector): number {
  let re = 0;
  let im = 0;
  for (let k = 0; k < a.re.length; k++) {
    re += a.re[k] * b.re[k] + a.im[k] * b.im[k];
    im += a.re[k] * b.im[k] - a.im[k] * b.re[k];
  }
  return Math.hypot(re, im);
}
/**
 * Rounding of two states of thirty gates, each written as at most five, with 12 roundings per gate, and of angles that
 * add up to about 300 radians.
 */
const ROUNDING = 2 * rounding(2 * (12 * 5 * 30 + 300), 1, 'float64');
const problems = fc.record({ seed: fc.nat(), qubits: fc.integer({ min: 3, max: 4 }) });

function roundTrip(
  circuit: Circuit,
  options: WriteOptions,
  parameters: Float64Array,
  inputs: Float64Array,
): Statevector {
  const names = options.inputs ? [] : Array.from({ length: circuit.inputs }, (_, i) => inputName(i));
  const read = readOpenQasm(writeOpenQasm(circuit, options), { inputs: names });
  expect(read.circuit.qubits).toBe(circuit.qubits);
  return runCircuit(read.circuit, options.parameters ? [] : parameters, options.inputs ? [] : inputs);
}

describe('writeOpenQasm', () => {
  it.each([2, 3] as const)('is read back as the same circuit with values bound, version %s', (version) => {
    fc.assert(
      fc.property(problems, ({ seed, qubits }) => {
        const { circuit, parameters, inputs } = randomProblem(createRandom(seed), qubits, 30, { inputProducts: true });
        const state = roundTrip(circuit, { version, parameters, inputs }, parameters, inputs);
        expect(Math.abs(overlap(state, runCircuit(circuit, parameters, inputs)) - 1)).toBeLessThan(ROUNDING);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['both', false, false],
    ['parameters', false, true],
    ['inputs', true, false],
  ])('is read back with %s left symbolic', (_, bindParameters, bindInputs) => {
    fc.assert(
      fc.property(problems, ({ seed, qubits }) => {
        const { circuit, parameters, inputs } = randomProblem(createRandom(seed), qubits, 30, { inputProducts: true });
        const options = { ...(bindParameters ? { parameters } : {}), ...(bindInputs ? { inputs } : {}) };
        const state = roundTrip(circuit, options, parameters, inputs);
        expect(Math.abs(overlap(state, runCircuit(circuit, parameters, inputs)) - 1)).toBeLessThan(ROUNDING);
      }),
      { numRuns: 20 },
    );
  });

  it.each([2, 3] as const)(
    'writes every gate of the table in version %s so that it is read back exactly',
    (version) => {
      for (const [name, { qubits, angles }] of Object.entries(GATES)) {
        const builder = createCircuitBuilder({ qubits: 3 });
        for (let q = 0; q < 3; q++) builder.gate('u', [q], 0.3 + q, 0.7 * q, 1.1);
        const values = [0.4, -1.2, 2.3].slice(0, angles);
        const circuit = builder.gate(name as GateName, [2, 0, 1].slice(0, qubits), ...values).build();
        const read = readOpenQasm(writeOpenQasm(circuit, { version, parameters: [], inputs: [] })).circuit;
        expect({ name, error: Math.abs(overlap(runCircuit(read), runCircuit(circuit)) - 1) < ROUNDING }).toEqual({
          name,
          error: true,
        });
      }
    },
  );

  it('writes readable programs', () => {
    const builder = createCircuitBuilder({ qubits: 2, inputs: 2 });
    const theta = builder.parameter();
    builder.gate('ry', [0], sum(parameter(theta, -0.5), inputProduct(0, 1))).gate('rzz', [0, 1], (3 * Math.PI) / 4);
    expect(writeOpenQasm(builder.build(), { measure: true })).toBe(
      [
        'OPENQASM 3.0;',
        'include "stdgates.inc";',
        'gate rzz(t) a, b { cx a, b; rz(t) b; cx a, b; }',
        'input float[64] theta_0;',
        'input float[64] x_0;',
        'input float[64] x_1;',
        'qubit[2] q;',
        'bit[2] c;',
        'ry(-0.5*theta_0 + x_0*x_1) q[0];',
        'rzz(3*pi/4) q[0], q[1];',
        'c = measure q;',
        '',
      ].join('\n'),
    );
    expect(writeOpenQasm(builder.build(), { version: 2, parameters: [1], inputs: [2, 3] })).toContain('ry(5.5) q[0];');
  });

  // Angles that are integers, fractions of π, tiny, huge, or arbitrary: all are read back bit by bit, alone and as
  // coefficients of names.
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(Number),
    fc
      .tuple(fc.integer({ min: -40, max: 40 }), fc.constantFrom(1, 2, 3, 4, 6, 8, 16))
      .map(([a, b]) => (a * Math.PI) / b),
  );

  it.each([2, 3] as const)('writes numbers that are read back exactly, version %s', (version) => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 8 }), (angles) => {
        const builder = createCircuitBuilder({ qubits: 1 });
        for (const angle of angles) builder.gate('rx', [0], angle);
        const { circuit } = readOpenQasm(writeOpenQasm(builder.build(), { version, parameters: [], inputs: [] }));
        // Zeros are written without a sign.
        expect(circuit.gates.map((gate) => gate.angles[0].constant)).toEqual(angles.map((angle) => angle + 0));
      }),
    );
  });

  it('writes coefficients that are read back exactly', () => {
    const coefficients = fc.record({ a: number, b: number, c: number, d: number });
    fc.assert(
      fc.property(coefficients, ({ a, b, c, d }) => {
        const builder = createCircuitBuilder({ qubits: 1, inputs: 2 });
        const theta = builder.parameter();
        const angle = sum(constant(a), parameter(theta, b), product(theta, 1, c), inputProduct(0, 1, d));
        const wanted = collected(builder.gate('rx', [0], angle).build().gates[0].angles[0]);
        const text = writeOpenQasm(builder.build());
        const [{ angles }] = readOpenQasm(text, { inputs: [inputName(0), inputName(1)] }).circuit.gates;
        expect(angles[0].constant).toBe(wanted.constant + 0);
        expect(angles[0].terms.map(({ coefficient }) => coefficient)).toEqual(
          wanted.terms.map(({ coefficient }) => coefficient),
        );
      }),
    );
  });

  it('refuses circuits that it cannot write', () => {
    const builder = createCircuitBuilder({ qubits: 1, inputs: 1 });
    const circuit = builder.gate('rx', [0], parameter(builder.parameter())).build();
    expect(() => writeOpenQasm(circuit, { version: 2 })).toThrow('OpenQASM 2: needs the values of 1 parameters');
    expect(() => writeOpenQasm(circuit, { parameters: [1, 2] })).toThrow('OpenQASM: 2 parameters; 1 are right');
    expect(() => writeOpenQasm(circuit, { inputs: [Number.NaN] })).toThrow('inputs[0] is NaN');
    const preparation = { kind: 'amplitude', inputs: 1 } as const;
    expect(() => writeOpenQasm({ ...circuit, preparation })).toThrow(CircuitError);
  });
});
