import type { Random } from '@qloom/random/random.ts';
import { type Angle, constant, input, parameter, product, sum } from '../angle.ts';
import { type Circuit, createCircuitBuilder } from '../circuit.ts';
import { GATES, type GateName } from '../gates.ts';
import type { Observable } from '../observable.ts';

/** A random circuit over every gate that fits, its angles random affine combinations, with random observables. */
export interface RandomProblem {
  readonly circuit: Circuit;
  readonly observables: Observable[];
  readonly cotangents: Float64Array;
  readonly parameters: Float64Array;
  readonly inputs: Float64Array;
}

/** Draws a circuit of `gates` gates on `qubits` qubits. */
export function randomProblem(random: Random, qubits: number, gates: number): RandomProblem {
  const inputs = 3;
  const builder = createCircuitBuilder({ qubits, inputs });
  const shared = [builder.parameter(), builder.parameter('weight')];
  const names = (Object.keys(GATES) as GateName[]).filter((name) => GATES[name].qubits <= qubits);
  const angle = (): Angle =>
    [
      () => constant(random.normal()),
      () => parameter(builder.parameter(), random.normal()),
      () => input(random.integer(inputs), random.normal()),
      () => product(builder.parameter('weight'), random.integer(inputs)),
      () => sum(parameter(shared[0]), product(shared[1], random.integer(inputs)), constant(0.3)),
    ][random.integer(5)]();
  for (let g = 0; g < gates; g++) {
    const name = names[random.integer(names.length)];
    const on = [...random.permutation(qubits)].slice(0, GATES[name].qubits);
    builder.gate(name, on, ...Array.from({ length: GATES[name].angles }, angle));
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
