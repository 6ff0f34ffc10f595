import { status } from '@grpc/grpc-js';
import { CircuitSettings, type ExpectationRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type Check, CheckFailure, CheckSkipped, listChecks, must, sharedAnswer } from '../check.ts';
import { receivedTensor } from '../shared/received.ts';
import { mustBeOffered, mustRefuse, outcomeOf } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import { gradientAgainstDifferences } from './circuit-gradient.ts';
import { circuitRequest, INPUTS, PAULIS, type QnnSimulator } from './circuit-requests.ts';

const ANSATZES = ['data-reuploading', 'hardware-efficient', 'strongly-entangling'];

/** Float32 engines are allowed: 1e-5 is about a hundred of their roundings. */
const TOLERANCE = 1e-5;

/** Checks of Expectation and Gradient, for every ansatz of the contract. */
export function circuitChecks(simulator: QnnSimulator, { deadlineMs }: SuiteOptions): readonly Check[] {
  return [
    ...ANSATZES.flatMap((ansatz) => ansatzChecks(simulator, deadlineMs, ansatz)),
    ...refusals(simulator, deadlineMs),
  ];
}

function ansatzChecks(simulator: QnnSimulator, deadlineMs: number, ansatz: string): readonly Check[] {
  const list = listChecks('qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.Expectation, Gradient; CircuitSettings');
  const parameters = sharedAnswer(`the number of parameters of ${ansatz}`, () =>
    parameterCount(simulator, deadlineMs, ansatz),
  );
  const expectations = async (observables: readonly string[], angle: (index: number) => number, inputs = INPUTS) => {
    const given = Float64Array.from({ length: await parameters() }, (_, i) => angle(i));
    const request = circuitRequest(ansatz, observables, given, inputs);
    const { values } = await simulator.expectation(request, { deadlineMs });
    const shape = [inputs.length / 2, observables.length];
    return receivedTensor(values, { dtype: 'float64', shape, finite: true, field: 'values' });
  };

  list.promise(`${ansatz}: with every angle 0 the qubits stay in |00⟩`, async () => {
    const observables = ['Z0', 'Z1', 'Z0 Z1', 'X0', 'Y1'];
    requireClose(await expectations(observables, () => 0, new Float64Array(2)), [1, 1, 1, 0, 0], observables);
  });

  list.promise(`${ansatz}: the Pauli expectations are those of a pure state`, async () => {
    // Tr ρ² = 2⁻ⁿ Σ_P ⟨P⟩² over all 4ⁿ Pauli strings is 1 for a pure state: without the identity, 2ⁿ − 1.
    const values = await expectations(PAULIS, someAngle);
    for (let row = 0; row < INPUTS.length / 2; row++) {
      const squares = values.subarray(row * PAULIS.length, (row + 1) * PAULIS.length).map((value) => value * value);
      requireClose([squares.reduce((a, b) => a + b, 0)], [3], [`Σ⟨P⟩² of input ${row}`]);
    }
  });

  list.promise(`${ansatz}: a weighted sum has the weighted sum of expectations`, async () => {
    const values = await expectations(['Z0 Z1', 'X0', '0.5*Z0 Z1 - 1.2*X0'], someAngle);
    for (let row = 0; row < values.length; row += 3) {
      const expected = 0.5 * values[row] - 1.2 * values[row + 1];
      requireClose([values[row + 2]], [expected], ['0.5*Z0 Z1 - 1.2*X0']);
    }
  });

  list.promise(`${ansatz}: the gradient is that of the expectations, by finite differences`, async () => {
    await gradientAgainstDifferences(simulator, deadlineMs, ansatz, await parameters(), someAngle);
  });
  return list.checks;
}

function refusals(simulator: QnnSimulator, deadlineMs: number): readonly Check[] {
  const list = listChecks('qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.Expectation');
  const refuse = async (change: Partial<ExpectationRequest>) => {
    const count = await parameterCount(simulator, deadlineMs, ANSATZES[0]);
    const request = { ...circuitRequest(ANSATZES[0], ['Z0'], new Float64Array(count)), ...change };
    await mustRefuse(simulator.expectation(request, { deadlineMs }), status.INVALID_ARGUMENT);
  };
  list.refusal('an observable that is none is INVALID_ARGUMENT', () => refuse({ observables: ['Q0'] }));
  list.refusal('an observable of a qubit that is not there is INVALID_ARGUMENT', () => refuse({ observables: ['Z2'] }));
  list.refusal('an ansatz that is none is INVALID_ARGUMENT', () =>
    refuse({ circuit: CircuitSettings.fromPartial({ qubits: 2, layers: 1, ansatz: 'none-of-them', inputs: 2 }) }),
  );
  list.refusal('inputs of another width than the circuit has are INVALID_ARGUMENT', () =>
    refuse({ inputs: encodeTensor(new Float64Array(3), [1, 3]) }),
  );
  return list.checks;
}

/** How many parameters a circuit has: "the error says how many". */
async function parameterCount(simulator: QnnSimulator, deadlineMs: number, ansatz: string): Promise<number> {
  const ask = (count: number) => {
    const call = simulator.expectation(circuitRequest(ansatz, ['Z0'], new Float64Array(count)), { deadlineMs });
    return outcomeOf(mustBeOffered(call, 'Expectation'));
  };
  const { code, details } = await ask(1);
  if (code === status.OK) return 1;
  const named = new Set((details.match(/\d+/g) ?? []).map(Number).filter((count) => count > 0 && count < 10_000));
  for (const count of named) if ((await ask(count)).code === status.OK) return count;
  if (named.size === 0 && details.includes('ansatz')) throw new CheckSkipped(`${ansatz} is not offered: ${details}`);
  throw new CheckFailure(
    `1 parameter was answered with ${status[code]}: ${details}`,
    'an error that says how many parameters the circuit has',
  );
}

/** Angles that are neither 0 nor equal. */
const someAngle = (index: number) => 0.4 + 0.7 * Math.sin(1.3 * index + 0.5);

function requireClose(actual: ArrayLike<number>, expected: readonly number[], names: readonly string[]): void {
  for (const [i, value] of expected.entries()) {
    const close = Math.abs(actual[i] - value) <= TOLERANCE;
    must(close, `${names[i]} is ${actual[i]}`, `${value} within ${TOLERANCE}`);
  }
}
