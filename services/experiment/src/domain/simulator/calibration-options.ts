import type { Options } from '../providers/options.ts';
import type { CalibrationValues } from './calibration.ts';

const PROBABILITY = { minimum: 0, maximum: 0.5 } as const;
const SECONDS = { minimum: 1e-9, maximum: 1e3 } as const;

/**
 * Reads a calibration of a device: lists by qubit `readoutErrors`, `gateErrors`, `t1`, `t2` (seconds), pairs `coupling` with
 * `couplingErrors`, and `time` (ISO 8601). Throws BackendsFileError for lists of wrong lengths and a T2 above 2·T1.
 */
export function readCalibration(options: Options, qubits: number): CalibrationValues {
  const ofQubits = (field: string, range: { minimum: number; maximum: number }): readonly number[] => {
    const values = options.numbers(field, range);
    if (values.length !== qubits) {
      options.refuse(field, `has ${values.length} values; right would be ${qubits}, one for each qubit`);
    }
    return values;
  };
  const readoutErrors = ofQubits('readoutErrors', PROBABILITY);
  const gateErrors = ofQubits('gateErrors', PROBABILITY);
  const t1 = ofQubits('t1', SECONDS);
  const t2 = ofQubits('t2', SECONDS);
  t2.forEach((value, qubit) => {
    if (value > 2 * t1[qubit])
      options.refuse('t2', `of qubit ${qubit} is ${value}; right would be at most 2·T1 = ${2 * t1[qubit]}`);
  });
  const coupling = options.pairs('coupling', { minimum: 0, maximum: qubits - 1 }, []);
  for (const [first, second] of coupling) {
    if (first === second) options.refuse('coupling', `has [${first}, ${second}]; right would be two different qubits`);
  }
  const couplingErrors = options.numbers('couplingErrors', PROBABILITY, []);
  if (couplingErrors.length !== coupling.length) {
    options.refuse(
      'couplingErrors',
      `has ${couplingErrors.length} values; right would be ${coupling.length}, one for each pair of coupling`,
    );
  }
  const time = options.text('time', '1970-01-01T00:00:00Z');
  const timeMs = Date.parse(time);
  if (!Number.isFinite(timeMs) || timeMs < 0) {
    options.refuse('time', `is "${time}"; right would be a time such as 2026-11-30T06:00:00Z`);
  }
  return { timeMs, readoutErrors, gateErrors, couplingErrors, t1, t2, coupling };
}
