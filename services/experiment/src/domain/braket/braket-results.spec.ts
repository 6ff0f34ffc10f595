import type { Execution } from '../backend/backend.ts';
import { countsOf, readExecutables } from './braket-results.ts';

const execution = (qubits: number[], shots: number): Execution => ({
  circuit: { qubits: 3, inputs: 0, parameters: [], gates: [] },
  parameters: new Float64Array(0),
  inputs: new Float64Array(0),
  qubits,
  shots,
});

describe('results of Braket', () => {
  // measuredQubits and big-endian strings as in braket.task_result.gate_model_task_result, version 1.
  const measurementProbabilities = { '011': 0.25, '100': 0.75 };

  it('are counts of the measured qubits in their order', () => {
    const measured = { measurementProbabilities, measuredQubits: [0, 1, 2] };
    expect(countsOf(measured, execution([2, 0], 8), [0, 1, 2])).toEqual(
      new Map([
        [0b01, 2],
        [0b10, 6],
      ]),
    );
    const placed = { measurementProbabilities, measuredQubits: [5, 3, 4] };
    expect(countsOf(placed, execution([0], 8), [3, 4, 5])).toEqual(
      new Map([
        [0, 6],
        [1, 2],
      ]),
    );
  });

  it('are refused where a qubit was not measured, shots are missing or an executable failed', () => {
    const measured = { measurementProbabilities, measuredQubits: [0, 1, 2] };
    expect(() => countsOf(measured, execution([0], 8), [0, 1, 7])).not.toThrow();
    expect(() => countsOf(measured, execution([2], 8), [0, 1, 7])).toThrow('all of 0, 1, 7 are right');
    expect(() =>
      countsOf({ ...measured, measurementProbabilities: { '000': 0.5 } }, execution([0], 8), [0, 1, 2]),
    ).toThrow('add up to 4 shots; 8 are right');
    expect(() => countsOf({ failureMetadata: { failureReason: 'too deep' } }, execution([0], 8), [0])).toThrow(
      'too deep',
    );
  });

  it('of a program set are ordered by their inputs, in the result or in files of their own', async () => {
    const row = (inputsIndex: number) => ({ inputsIndex, measuredQubits: [inputsIndex] });
    const inline = JSON.stringify({ programResults: [{ executableResults: [row(1), row(0)] }] });
    expect(await readExecutables(async () => inline)).toEqual([[row(0), row(1)]]);
    const files: Record<string, unknown> = {
      'results.json': { programResults: ['programs/0/results.json'] },
      'programs/0/results.json': { executableResults: ['executables/0.json'] },
      'programs/0/executables/0.json': row(0),
    };
    expect(await readExecutables(async (key) => JSON.stringify(files[key]))).toEqual([[row(0)]]);
  });
});
