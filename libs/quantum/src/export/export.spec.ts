import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createCircuitBuilder } from '../circuit.ts';
import { pauli } from '../observables/observable.ts';
import { expectation, runCircuit } from '../simulation/statevector.ts';
import { exportCases } from '../testing/export-cases.ts';
import { exportedFiles } from '../testing/exported-files.ts';
import { pennylaneProgram } from './pennylane.ts';
import { qiskitProgram } from './qiskit.ts';
import type { TrainedQnn } from './trained-qnn.ts';

const golden = new URL('../../golden/', import.meta.url);
type Outputs = Readonly<Record<string, readonly (readonly number[])[]>>;
/** A few hundred gates have a rounding error of 1e-14; a wrong gate causes a deviation above 1e-3. */
const DIGITS = 11;

/** The reference simulator's outputs. */
function reference(
  { circuit, observables, parameters, inputScaling, outputScale = 1 }: TrainedQnn,
  row: readonly number[],
) {
  const inputs = row.map((value, j) => (inputScaling ? (value - inputScaling.mean[j]) / inputScaling.scale[j] : value));
  const state = runCircuit(circuit, parameters, inputs);
  return observables.map((observable) => outputScale * expectation(state, observable));
}

function expectAgreement(outputs: Outputs): void {
  for (const { name, qnn, rows } of exportCases()) {
    const files = Object.keys(outputs).filter((file) => file.startsWith(`${name}.`));
    expect(files.length).toBeGreaterThanOrEqual(2);
    for (const file of files) {
      const wanted = rows.slice(0, outputs[file].length).map((row) => reference(qnn, row));
      outputs[file].forEach((found, r) => {
        found.forEach((value, k) => {
          expect({ file, r, k, value }).toEqual({
            file,
            r,
            k,
            value: expect.closeTo(wanted[r][k], DIGITS),
          });
        });
      });
    }
  }
}

describe('exported programs', () => {
  it.each(exportedFiles())(
    '%s equals the file in golden/exports (node libs/quantum/golden/write-exports-main.ts)',
    (name, text) => {
      expect(text).toBe(readFileSync(new URL(`exports/${name}`, golden), 'utf8'));
    },
  );

  it('gave the outputs of the reference simulator in PennyLane and Qiskit (golden/exports-outputs.json)', () => {
    const { versions, outputs } = JSON.parse(readFileSync(new URL('exports-outputs.json', golden), 'utf8'));
    expect(versions).toEqual({ pennylane: '0.45.1', qiskit: '2.6.2' });
    expectAgreement(outputs);
  });

  const python = process.env['QLOOM_QUANTUM_PYTHON'];
  if (python === undefined) {
    console.info('Not run: QLOOM_QUANTUM_PYTHON names no Python with pennylane, qiskit and qiskit-qasm3-import.');
  }
  (python === undefined ? it.skip : it)(
    'give them when they are run by the Python that QLOOM_QUANTUM_PYTHON names',
    () => {
      const run = spawnSync(String(python), [fileURLToPath(new URL('run_exports.py', golden))], { encoding: 'utf8' });
      expect({ status: run.status, stderr: run.status === 0 ? '' : run.stderr }).toEqual({ status: 0, stderr: '' });
      expectAgreement(JSON.parse(run.stdout).outputs);
    },
    300_000,
  );

  it('keeps a title from ending the docstring', () => {
    const circuit = createCircuitBuilder({ qubits: 1 }).gate('x', [0]).build();
    const qnn = { circuit, observables: [pauli('Z', [0])], parameters: [], title: 'a"""\nimport os\\' };
    expect(pennylaneProgram(qnn).split('\n')[0]).toBe(
      '"""a    import os: 1 qubits, 0 inputs, 0 parameters, 1 outputs.',
    );
  });

  it('refuses numbers that do not fit the circuit', () => {
    const circuit = createCircuitBuilder({ qubits: 1, inputs: 1 }).gate('x', [0]).build();
    const qnn = { circuit, observables: [pauli('Z', [0])], parameters: [] };
    expect(() => qiskitProgram({ ...qnn, parameters: [1] })).toThrow('export: parameters has 1 numbers; 0 are right');
    expect(() => qiskitProgram({ ...qnn, observables: [] })).toThrow('no observables');
    expect(() => pennylaneProgram({ ...qnn, inputScaling: { mean: [0], scale: [0] } })).toThrow(
      'inputScaling.scale has a 0',
    );
    expect(() => pennylaneProgram({ ...qnn, observables: [pauli('Z', [1])] })).toThrow('observable 0');
    expect(() => pennylaneProgram({ ...qnn, outputScale: Infinity })).toThrow('outputScale[0] is Infinity');
  });
});
