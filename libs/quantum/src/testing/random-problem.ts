import type { Random } from '@qloom/random/random.ts';
import { type Circuit, createCircuitBuilder } from '../circuit.ts';
import { type Angle, constant, input, inputProduct, parameter, product, sum } from '../gates/angle.ts';
import { gateSize, type LibraryGateName } from '../gates/gate-library.ts';
import { GATES } from '../gates/gates.ts';
import type { Observable } from '../observables/observable.ts';

/** A random circuit over every gate that fits, with random affine combinations as angles, and random observables. */
export interface RandomProblem {
  readonly circuit: Circuit;
  readonly observables: Observable[];
  readonly cotangents: Float64Array;
  readonly parameters: Float64Array;
  readonly inputs: Float64Array;
}

/** Extensions of {@link randomProblem} beyond the gates of the table and angles with one input per term. */
export interface RandomProblemOptions {
  /** Angles with terms x_i·x_j. Default false. */
  readonly inputProducts?: boolean;
  /** The inputs are also the amplitudes of the initial state. Default false. */
  readonly amplitudes?: boolean;
  /** Names of gates to draw from. Default: all of GATES. */
  readonly names?: readonly LibraryGateName[];
}

/**
 * Draws a circuit of `gates` gates on `qubits` qubits, with three inputs (two if they are the amplitudes of one qubit).
 */
export function randomProblem(
  random: Random,
  qubits: number,
  gates: number,
  options: RandomProblemOptions = {},
): RandomProblem {
  const inputs = 3;
  const { inputProducts = false, amplitudes = false } = options;
  const preparation = amplitudes ? { kind: 'amplitude' as const, inputs: Math.min(inputs, 2 ** qubits) } : undefined;
  const builder = createCircuitBuilder({ qubits, inputs, preparation });
  const shared = [builder.parameter(), builder.parameter('weight')];
  const known = options.names ?? (Object.keys(GATES) as LibraryGateName[]);
  const names = known.filter((name) => gateSize(name).qubits <= qubits);
  const kinds: (() => Angle)[] = [
    () => constant(random.normal()),
    () => parameter(builder.parameter(), random.normal()),
    () => input(random.integer(inputs), random.normal()),
    () => product(builder.parameter('weight'), random.integer(inputs)),
    () => sum(parameter(shared[0]), product(shared[1], random.integer(inputs)), constant(0.3)),
  ];
  if (inputProducts) {
    kinds.push(() => sum(inputProduct(random.integer(inputs), random.integer(inputs), 0.8), input(0, -0.5)));
    kinds.push(() => ({
      constant: 0.1,
      terms: [{ coefficient: 0.7, parameter: shared[1], input: random.integer(inputs), secondInput: 1 }],
    }));
  }
  for (let g = 0; g < gates; g++) {
    const name = names[random.integer(names.length)];
    const size = gateSize(name);
    const on = [...random.permutation(qubits)].slice(0, size.qubits);
    builder.gate(name, on, ...Array.from({ length: size.angles }, () => kinds[random.integer(kinds.length)]()));
  }
  const circuit = builder.build();
  const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const string = () => Array.from({ length: qubits }, () => 'IXYZ'[random.integer(4)]).join('');
  const observables = Array.from({ length: 3 }, () => ({
    terms: Array.from({ length: 1 + random.integer(3) }, () => ({ coefficient: random.normal(), paulis: string() })),
  }));
  return {
    circuit,
    observables,
    cotangents: draw(3),
    parameters: draw(circuit.parameters.length),
    inputs: draw(inputs),
  };
}
