import { type Circuit, createCircuitBuilder } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import type { ReadoutError } from '../noise/readout-error.ts';
import type { OutcomeCounts } from './readout-correction.ts';

/**
 * The two circuits whose counts tell the readout errors of all qubits at once, without their correlations: one prepares |0…0⟩, the other
 * |1…1⟩. The second counts an error of X as one of the readout.
 */
export function readoutCalibrationCircuits(qubits: number): readonly [Circuit, Circuit] {
  const ones = createCircuitBuilder({ qubits });
  for (let qubit = 0; qubit < qubits; qubit++) ones.gate('x', [qubit]);
  return [createCircuitBuilder({ qubits }).build(), ones.build()];
}

/** Readout errors of one qubit that were measured, with their standard errors. */
export interface MeasuredReadoutError extends ReadoutError {
  readonly oneWhenZeroError: number;
  readonly zeroWhenOneError: number;
}

/**
 * The errors of each of `qubits` measured qubits from the counts of {@link readoutCalibrationCircuits}. A rate is the posterior mean
 * (k + ½)/(n + 1) of k errors in n shots under Jeffreys' prior, so that none that was not seen counts as impossible; its standard error is the
 * posterior's standard deviation. Throws CircuitError without shots.
 */
export function measureReadout(zeros: OutcomeCounts, ones: OutcomeCounts, qubits: number): MeasuredReadoutError[] {
  const rate = (counts: OutcomeCounts, j: number, wrong: 0 | 1) => {
    let [k, n] = [0, 0];
    for (const [outcome, count] of counts) {
      n += count;
      if (((outcome >> j) & 1) === wrong) k += count;
    }
    if (n === 0) throw new CircuitError('readout: a calibration circuit has no counts; at least one shot is right');
    const mean = (k + 0.5) / (n + 1);
    return { mean, error: Math.sqrt((mean * (1 - mean)) / (n + 2)) };
  };
  return Array.from({ length: qubits }, (_, j) => {
    const [up, down] = [rate(zeros, j, 1), rate(ones, j, 0)];
    return {
      oneWhenZero: up.mean,
      zeroWhenOne: down.mean,
      oneWhenZeroError: up.error,
      zeroWhenOneError: down.error,
    };
  });
}
