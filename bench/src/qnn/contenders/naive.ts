// A straightforward implementation: every gate is a loop over the state, one sample at a time, on float64 arrays. A
// peer that needs no installation.
import type { Problem } from '../problem.ts';

/** Result of a step: ⟨Z_q⟩, shape [batch, qubits], and the gradient of the parameters, shape [layers, qubits, 2]. */
export interface StepResult {
  readonly expectations: Float64Array;
  readonly gradient: Float64Array;
}

interface State {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function ry({ re, im }: State, qubit: number, angle: number): void {
  const [c, s, bit] = [Math.cos(angle / 2), Math.sin(angle / 2), 1 << qubit];
  for (let k = 0; k < re.length; k++) {
    if (k & bit) continue;
    const [r0, i0, r1, i1] = [re[k], im[k], re[k | bit], im[k | bit]];
    re[k] = c * r0 - s * r1;
    im[k] = c * i0 - s * i1;
    re[k | bit] = s * r0 + c * r1;
    im[k | bit] = s * i0 + c * i1;
  }
}

function rz({ re, im }: State, qubit: number, angle: number): void {
  const [c, s, bit] = [Math.cos(angle / 2), Math.sin(angle / 2), 1 << qubit];
  for (let k = 0; k < re.length; k++) {
    const sign = k & bit ? s : -s;
    const [r, i] = [re[k], im[k]];
    re[k] = r * c - i * sign;
    im[k] = r * sign + i * c;
  }
}

function cx({ re, im }: State, control: number, target: number): void {
  const [c, t] = [1 << control, 1 << target];
  for (let k = 0; k < re.length; k++) {
    if (!(k & c) || k & t) continue;
    [re[k], re[k | t]] = [re[k | t], re[k]];
    [im[k], im[k | t]] = [im[k | t], im[k]];
  }
}

/** Im⟨λ|Z|φ⟩. */
function overlapZ(lambda: State, phi: State, qubit: number): number {
  let sum = 0;
  for (let k = 0; k < phi.re.length; k++) {
    const part = lambda.re[k] * phi.im[k] - lambda.im[k] * phi.re[k];
    sum += (k >> qubit) & 1 ? -part : part;
  }
  return sum;
}

/** Im⟨λ|Y|φ⟩. */
function overlapY(lambda: State, phi: State, qubit: number): number {
  let sum = 0;
  const bit = 1 << qubit;
  for (let k = 0; k < phi.re.length; k++) {
    if (k & bit) continue;
    const h = k | bit;
    sum += lambda.re[h] * phi.re[k] + lambda.im[h] * phi.im[k] - lambda.re[k] * phi.re[h] - lambda.im[k] * phi.im[h];
  }
  return sum;
}

function forwardRow({ qubits, layers, parameters, inputs }: Problem, row: number): State {
  const phi = { re: new Float64Array(2 ** qubits), im: new Float64Array(2 ** qubits) };
  phi.re[0] = 1;
  for (let l = 0; l < layers; l++) {
    for (let q = 0; q < qubits; q++) ry(phi, q, inputs[row * qubits + q]);
    for (let q = 0; q < qubits; q++) {
      ry(phi, q, parameters[(l * qubits + q) * 2]);
      rz(phi, q, parameters[(l * qubits + q) * 2 + 1]);
    }
    for (let q = 0; q < qubits; q++) cx(phi, q, (q + 1) % qubits);
  }
  return phi;
}

function expectZ({ re, im }: State, qubit: number): number {
  let sum = 0;
  for (let k = 0; k < re.length; k++) sum += (re[k] * re[k] + im[k] * im[k]) * ((k >> qubit) & 1 ? -1 : 1);
  return sum;
}

/** The backward sweep of one row: un-computes φ, takes λ along, and adds to `gradient`. */
function backwardRow(
  problem: Problem,
  row: number,
  phi: State,
  slopes: readonly number[],
  gradient: Float64Array,
): void {
  const { qubits, layers, parameters, inputs } = problem;
  const weight = (k: number) => slopes.reduce((sum, slope, q) => sum + ((k >> q) & 1 ? -slope : slope), 0);
  const weights = Float64Array.from(phi.re, (_, k) => weight(k));
  const lambda = { re: phi.re.map((value, k) => weights[k] * value), im: phi.im.map((value, k) => weights[k] * value) };
  const both = [phi, lambda];
  for (let l = layers - 1; l >= 0; l--) {
    for (let q = qubits - 1; q >= 0; q--) for (const state of both) cx(state, q, (q + 1) % qubits);
    for (let q = 0; q < qubits; q++) {
      const i = (l * qubits + q) * 2;
      gradient[i + 1] += overlapZ(lambda, phi, q);
      for (const state of both) rz(state, q, -parameters[i + 1]);
      gradient[i] += overlapY(lambda, phi, q);
      for (const state of both) ry(state, q, -parameters[i]);
    }
    for (let q = 0; q < qubits; q++) for (const state of both) ry(state, q, -inputs[row * qubits + q]);
  }
}

/** Forward and adjoint of a batch. At least 3 qubits: on 2 the ring of Qloom has one CNOT. */
export function naiveStep(problem: Problem): StepResult {
  const { qubits, batch, targets, parameters } = problem;
  const expectations = new Float64Array(batch * qubits);
  const gradient = new Float64Array(parameters.length);
  for (let row = 0; row < batch; row++) {
    const phi = forwardRow(problem, row);
    const slopes = Array.from({ length: qubits }, (_, q) => {
      const at = row * qubits + q;
      expectations[at] = expectZ(phi, q);
      return (2 * (expectations[at] - targets[at])) / (batch * qubits);
    });
    backwardRow(problem, row, phi, slopes, gradient);
  }
  return { expectations, gradient };
}

/** ⟨Z_q⟩ of a batch, shape [batch, qubits]. */
export function naiveForward(problem: Problem): Float64Array {
  const { qubits, batch } = problem;
  const expectations = new Float64Array(batch * qubits);
  for (let row = 0; row < batch; row++) {
    const phi = forwardRow(problem, row);
    for (let q = 0; q < qubits; q++) expectations[row * qubits + q] = expectZ(phi, q);
  }
  return expectations;
}
