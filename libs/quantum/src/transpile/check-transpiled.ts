import type { Random } from '@qloom/random/random.ts';
import type { Circuit } from '../circuit.ts';
import { evaluateAngle } from '../gates/angle.ts';
import type { Gate } from '../gates/gate.ts';
import { gate } from '../gates/gate-algebra.ts';
import { expandGate } from '../gates/gate-library.ts';
import { applyGates, type Statevector, zeroState } from '../simulation/statevector.ts';
import type { TranspileTarget } from './target.ts';
import type { TranspiledCircuit } from './transpile.ts';

/** A transpiled circuit is not what it should be. The message says in what. */
export class TranspileCheckError extends Error {
  override readonly name = 'TranspileCheckError';
}

/** Gates with a direction. */
const DIRECTED: ReadonlySet<string> = new Set(['cx', 'ecr']);

/** Throws {@link TranspileCheckError} unless all gates are in the basis and on coupled qubits, and the layouts are placements. */
export function checkExecutable(circuit: Circuit, target: TranspileTarget, output: TranspiledCircuit): void {
  const basis = new Set(target.basisGates.length === 0 ? ['rz', 'sx', 'x', 'cz'] : target.basisGates);
  const pairs = new Set(target.coupling.map(([a, b]) => `${a} ${b}`));
  output.gates.forEach(({ name, qubits }, i) => {
    const fail = (what: string) => {
      throw new TranspileCheckError(`transpiled gate ${i} (${name} on ${qubits.join(', ')}): ${what}`);
    };
    if (!basis.has(name)) fail(`is none of ${[...basis].join(', ')}`);
    if (qubits.some((qubit) => qubit < 0 || qubit >= target.qubits)) fail(`is not on 0 … ${target.qubits - 1}`);
    if (qubits.length < 2) return;
    const [a, b] = qubits;
    const coupled = pairs.has(`${a} ${b}`) || (!DIRECTED.has(name) && pairs.has(`${b} ${a}`));
    if (pairs.size > 0 && !coupled) fail('is on no coupling of the target');
  });
  for (const layout of [output.initialLayout, output.finalLayout]) {
    if (layout.length !== circuit.qubits || new Set(layout).size !== layout.length) {
      throw new TranspileCheckError(`the layout ${layout.join(', ')} does not place ${circuit.qubits} qubits`);
    }
  }
}

/**
 * The largest difference between amplitudes of the circuit and of its translation, up to a global phase, from a random product state and
 * at random parameters and inputs: rounding alone for a right translation, and for a wrong one with certainty more. With
 * `probabilities`, between the probabilities of outcomes. Throws CircuitTooLargeError where the translation uses more qubits than
 * can be simulated.
 */
export function transpileError(
  circuit: Circuit,
  output: TranspiledCircuit,
  random: Random,
  { probabilities = false }: { readonly probabilities?: boolean } = {},
): number {
  const used = [...new Set([...output.initialLayout, ...output.gates.flatMap(({ qubits }) => qubits)])];
  const index = new Map(used.map((place, i) => [place, i]));
  const at = (place: number) => index.get(place) as number;
  const draw = (count: number) => Float64Array.from({ length: count }, () => 2 * random.normal());
  const [parameters, inputs] = [draw(circuit.parameters.length), draw(circuit.inputs)];
  const turns = Array.from({ length: circuit.qubits }, () => draw(3));
  const prepared = (place: (qubit: number) => number): Gate[] =>
    turns.map(([theta, phi, lambda], qubit) => gate('u', [place(qubit)], theta, phi, lambda));
  const expected = zeroState(circuit.qubits);
  applyGates(expected, [...prepared((qubit) => qubit), ...circuit.gates], parameters, inputs);
  const actual = zeroState(used.length);
  applyGates(
    actual,
    prepared((qubit) => at(output.initialLayout[qubit])),
    [],
    [],
  );
  for (const { name, qubits, angles } of output.gates) {
    const values = angles.map((angle) => ({ constant: evaluateAngle(angle, parameters, inputs), terms: [] }));
    applyGates(actual, expandGate(name, qubits.map(at), values), [], []);
  }
  return probabilities
    ? largestDifference(withoutPhases(expected), withoutPhases(actual), output.finalLayout.map(at))
    : largestDifference(
        expected,
        turnedAlike(expected, actual, output.finalLayout.map(at)),
        output.finalLayout.map(at),
      );
}

/** The index in `actual` of basis state k of the circuit, whose qubits are at `places`; other qubits are 0. */
const placed = (k: number, places: readonly number[]): number =>
  places.reduce((index, place, qubit) => index | (((k >> qubit) & 1) << place), 0);

/** `actual`, turned to the phase of `expected`. */
function turnedAlike(expected: Statevector, actual: Statevector, places: readonly number[]): Statevector {
  let [re, im] = [0, 0];
  expected.re.forEach((a, k) => {
    const [b, c, d] = [expected.im[k], actual.re[placed(k, places)], actual.im[placed(k, places)]];
    re += a * c + b * d;
    im += b * c - a * d;
  });
  const size = Math.hypot(re, im) || 1;
  const [c, s] = [re / size, im / size];
  return {
    qubits: actual.qubits,
    re: actual.re.map((value, k) => c * value - s * actual.im[k]),
    im: actual.im.map((value, k) => s * actual.re[k] + c * value),
  };
}

const withoutPhases = (state: Statevector): Statevector => ({
  qubits: state.qubits,
  re: state.re.map((value, k) => value ** 2 + state.im[k] ** 2),
  im: new Float64Array(state.im.length),
});

function largestDifference(expected: Statevector, actual: Statevector, places: readonly number[]): number {
  const rest = { re: actual.re.slice(), im: actual.im.slice() };
  expected.re.forEach((value, k) => {
    rest.re[placed(k, places)] -= value;
    rest.im[placed(k, places)] -= expected.im[k];
  });
  return rest.re.reduce((most, value, k) => Math.max(most, Math.hypot(value, rest.im[k])), 0);
}
