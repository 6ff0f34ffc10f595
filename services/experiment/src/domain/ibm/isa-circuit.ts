import { type Angle, collected, evaluateAngle } from '@qloom/quantum/gates/angle.ts';
import { exactNumber } from '@qloom/quantum/gates/angle-text.ts';
import type { TranspiledCircuit } from '@qloom/quantum/transpile/transpile.ts';
import type { IbmDevice } from './device.ts';

/** Name of the classical register. */
export const REGISTER = 'c';

/** A circuit in the gates of a device, with a parameter for every angle that is not a number. */
export interface IsaCircuit {
  /** OpenQASM 3 on physical qubits that measures `qubits` of the circuit into the bits of the register. */
  program(qubits: readonly number[]): string;
  /** Number of the program's parameters, which are sorted by name. */
  readonly columns: number;
  /** Values of the program's parameters, shape [columns]. */
  row(parameters: Float64Array, inputs: Float64Array): number[];
  /** From the first gate to the last result. Unit: seconds. */
  readonly seconds: number;
}

/** A circuit that was translated for the device. */
export function isaCircuit(transpiled: TranspiledCircuit, device: IbmDevice): IsaCircuit {
  const columns = new Map<string, Angle>();
  const texts = transpiled.gates.map(({ angles }) =>
    angles.map((angle) => {
      const whole = collected(angle);
      if (whole.terms.length === 0) return exactNumber(whole.constant);
      const key = JSON.stringify(whole);
      columns.set(key, whole);
      return key;
    }),
  );
  const width = String(columns.size).length;
  const names = new Map([...columns.keys()].map((key, i) => [key, `a${String(i).padStart(width, '0')}`]));
  const gates = transpiled.gates.map(({ name, qubits }, i) => {
    const angles = texts[i].map((text) => names.get(text) ?? text);
    return `${name}${angles.length > 0 ? `(${angles.join(', ')})` : ''} ${qubits.map((qubit) => `$${qubit}`).join(', ')};`;
  });
  const inputs = [...names.values()].map((name) => `input float[64] ${name};`);
  return {
    program: (qubits) =>
      [
        'OPENQASM 3.0;',
        'include "stdgates.inc";',
        ...inputs,
        `bit[${qubits.length}] ${REGISTER};`,
        ...gates,
        ...qubits.map((qubit, bit) => `${REGISTER}[${bit}] = measure $${transpiled.finalLayout[qubit]};`),
        '',
      ].join('\n'),
    columns: columns.size,
    row: (parameters, given) => [...columns.values()].map((angle) => evaluateAngle(angle, parameters, given)),
    seconds: secondsOf(transpiled, device),
  };
}

/** Each gate starts as soon as its qubits are free. */
function secondsOf({ gates, finalLayout }: TranspiledCircuit, { durations }: IbmDevice): number {
  const free = new Map<number, number>(finalLayout.map((place) => [place, 0]));
  for (const { name, qubits } of gates) {
    const end = Math.max(...qubits.map((qubit) => free.get(qubit) ?? 0)) + (durations.get(name) ?? 0);
    for (const qubit of qubits) free.set(qubit, end);
  }
  return Math.max(...free.values()) + (durations.get('measure') ?? 0);
}
