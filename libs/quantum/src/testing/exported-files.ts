import { pennylaneProgram } from '../export/pennylane.ts';
import { qiskitProgram } from '../export/qiskit.ts';
import { writeOpenQasm } from '../qasm/write-openqasm.ts';
import { exportCases } from './export-cases.ts';

/**
 * The files of golden/exports by name: for every case a PennyLane and a Qiskit program and, unless it starts from
 * amplitudes, OpenQASM 2 and 3 at the first row of inputs; and cases.jsonl, the rows to run them on.
 */
export function exportedFiles(): [string, string][] {
  const cases = exportCases();
  const files = cases.flatMap(({ name, qnn, rows }): [string, string][] => {
    const programs: [string, string][] = [
      [`${name}.pennylane.py`, pennylaneProgram(qnn)],
      [`${name}.qiskit.py`, qiskitProgram(qnn)],
    ];
    if (qnn.circuit.preparation || qnn.inputScaling) return programs;
    const values = { parameters: qnn.parameters, inputs: rows[0] };
    for (const version of [2, 3] as const) {
      programs.push([`${name}.${version}.qasm`, writeOpenQasm(qnn.circuit, { version, ...values })]);
    }
    return programs;
  });
  return [...files, ['cases.jsonl', cases.map(({ name, rows }) => `${JSON.stringify({ name, rows })}\n`).join('')]];
}
