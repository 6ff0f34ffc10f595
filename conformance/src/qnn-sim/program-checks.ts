import { status } from '@grpc/grpc-js';
import type { ExpectationRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type Check, CheckSkipped, listChecks, must } from '../check.ts';
import { receivedTensor } from '../shared/received.ts';
import { mustRefuse, outcomeOf } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import type { QnnSimulator } from './circuit-requests.ts';
import {
  EXPECTED,
  FORMULAS,
  fixedCircuit,
  PRODUCT,
  productRequest,
  ROWS,
  requireNear,
  withPrograms,
  withShots,
} from './programs.ts';

const SHOTS = 4096;
/** Standard errors of an estimate from shots that are allowed: two estimates in a thousand million lie further away. */
const ERRORS = 6;
const READOUT_ERROR = 0.1;

/** Checks of Expectation and Gradient with programs whose expectations are known formulas. */
export function programChecks(simulator: QnnSimulator, { deadlineMs }: SuiteOptions): readonly Check[] {
  const list = listChecks('qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.Expectation, Gradient; CircuitSettings.qasm');
  const columns = FORMULAS.length;
  const nameAt = (i: number) => `⟨${FORMULAS[i % columns].observable}⟩ of input ${Math.floor(i / columns)}`;
  const ask = async (request: ExpectationRequest) => {
    const { values, engine } = await withPrograms(simulator.expectation(request, { deadlineMs }), 'Expectation');
    must(engine !== '', 'the engine is empty', 'the engine that ran it');
    const shape = [request.inputs?.shape[0] ?? 0, request.observables.length];
    return receivedTensor(values, { dtype: 'float64', shape, finite: true, field: 'values' });
  };
  const exact = EXPECTED.flatMap((row) => row.map(([value]) => value));

  list.promise('the expectations of a program are those of its formula', async () => {
    requireNear(await ask(productRequest()), exact, nameAt);
  });

  list.promise('inputs and parameters may be float32', async () => {
    const single = (tensor: ExpectationRequest['inputs']) =>
      encodeTensor(Float32Array.from(receivedTensor(tensor, { dtype: 'float64' })), tensor?.shape);
    const request = productRequest();
    requireNear(
      await ask({ ...request, inputs: single(request.inputs), parameters: single(request.parameters) }),
      exact,
      nameAt,
    );
  });

  for (const method of ['', 'adjoint', 'parameter-shift']) {
    const by = method === '' ? 'gradient' : `gradient by ${method}`;
    list.promise(`the ${by} of a program is that of its formula`, async () => {
      await gradientByFormula(simulator, deadlineMs, method);
    });
  }

  list.promise('an expectation from shots is a mean of outcomes, near the exact one', async () => {
    const observables = ['Z0', 'X0', 'Y2', 'X2 Z0'];
    const picked = EXPECTED.flatMap((row) =>
      observables.map((name) => row[FORMULAS.findIndex(({ observable }) => observable === name)][0]),
    );
    const values = await withShots(ask(productRequest({ observables, shots: SHOTS, seed: 5 })));
    for (const [i, value] of values.entries()) {
      const name = `⟨${observables[i % observables.length]}⟩ from ${SHOTS} shots`;
      // Each outcome of a Pauli string is 1 or −1.
      const ones = (SHOTS * (1 + value)) / 2;
      must(Math.abs(ones - Math.round(ones)) < 1e-6, `${name} is ${value}`, `a mean of ${SHOTS} outcomes 1 and −1`);
      const error = ERRORS * Math.sqrt((1 - picked[i] ** 2) / SHOTS);
      must(Math.abs(value - picked[i]) <= error, `${name} is ${value}`, `${picked[i]} within ${error}`);
    }
  });

  list.promise('a readout error p leaves 1 − 2p of each Pauli operator', async () => {
    const noise = { depolarizing: 0, amplitudeDamping: 0, readoutError: READOUT_ERROR, trajectories: 0 };
    const call = ask(productRequest({ observables: ['Z0', 'X2 Z0'], noise }));
    const { code, details } = await outcomeOf(call);
    if (code === status.INVALID_ARGUMENT) throw new CheckSkipped(`noise is not offered: ${details}`);
    const kept = 1 - 2 * READOUT_ERROR;
    const expected = EXPECTED.flatMap((row) => [kept * row[0][0], kept ** 2 * row[4][0]]);
    requireNear(await call, expected, (i) => `${['⟨Z0⟩', '⟨X2 Z0⟩'][i % 2]} with a readout error of ${READOUT_ERROR}`);
  });

  list.promise('a reset between gates is executed or INVALID_ARGUMENT, never left out', async () => {
    // Half of the time the reset qubit was 1, and so is its partner still.
    const observables = ['Z0', 'Z1', 'Z0 Z1', 'Z2'];
    const circuit = fixedCircuit('h q[0]', 'cx q[0], q[1]', 'x q[2]', 'reset q[1]', 'reset q[2]');
    await ask(productRequest());
    const call = simulator.expectation({ ...productRequest({ observables }), ...circuit }, { deadlineMs });
    const { code, details } = await outcomeOf(call);
    if (code === status.INVALID_ARGUMENT) return;
    must(code === status.OK, `the call ended as ${status[code]}: ${details}`, 'OK or INVALID_ARGUMENT');
    const values = receivedTensor((await call).values, { dtype: 'float64', shape: [1, 4], field: 'values' });
    requireNear(values, [0, 1, 0, 1], (i) => `⟨${observables[i]}⟩ after resets of qubits 1 and 2`);
  });

  const refuse = (what: string, change: Partial<ExpectationRequest>) =>
    list.refusal(`${what} is INVALID_ARGUMENT`, async () => {
      await ask(productRequest());
      await mustRefuse(simulator.expectation(productRequest(change), { deadlineMs }), status.INVALID_ARGUMENT);
    });
  refuse('a program that is none', { circuit: { ...PRODUCT, qasm: 'OPENQASM 3.0;\nqubit q;\nnonsense q;' } });
  refuse('a program with another number of parameters', { parameters: encodeTensor(new Float64Array(3)) });
  refuse('a batch of no rows', { inputs: encodeTensor(new Float64Array(0), [0, 2]) });
  refuse('an expectation of no observables', { observables: [] });
  return list.checks;
}

/** Compares values and gradients of a weighted sum of the formulas with their derivatives. */
async function gradientByFormula(simulator: QnnSimulator, deadlineMs: number, method: string): Promise<void> {
  const columns = FORMULAS.length;
  const weights = Float64Array.from({ length: ROWS.length * columns }, (_, i) => 1 - 0.3 * i);
  const request = { expectation: productRequest(), weights: encodeTensor(weights, [ROWS.length, columns]), method };
  const call = withPrograms(simulator.gradient(request, { deadlineMs }), 'Gradient');
  const { code, details } = await outcomeOf(call);
  if (method !== '' && code === status.INVALID_ARGUMENT) throw new CheckSkipped(`${method} is not offered: ${details}`);
  const answer = await call;
  const expected = { dtype: 'float64' as const, finite: true };
  /** Weighted sum of the derivatives in one row: by x0, x1, zeta, alpha. */
  const slopes = EXPECTED.map((row, b) =>
    [0, 1, 2, 3].map((j) => row.reduce((sum, one, k) => sum + weights[b * columns + k] * one[1 + j], 0)),
  );
  const values = receivedTensor(answer.values, { ...expected, shape: [ROWS.length, columns], field: 'values' });
  requireNear(
    values,
    EXPECTED.flatMap((row) => row.map(([value]) => value)),
    (i) => `values[${i}]`,
  );
  const byParameter = receivedTensor(answer.parameterGradient, {
    ...expected,
    shape: [2],
    field: 'parameter_gradient',
  });
  const summed = [2, 3].map((j) => slopes[0][j] + slopes[1][j]);
  requireNear(
    byParameter,
    summed,
    (i) => `the derivative by ${['the parameter of two gates', 'the last parameter'][i]}`,
  );
  const byInput = receivedTensor(answer.inputGradient, {
    ...expected,
    shape: [ROWS.length, 2],
    field: 'input_gradient',
  });
  requireNear(
    byInput,
    slopes.flatMap((row) => row.slice(0, 2)),
    (i) => `the derivative by input ${i % 2} of row ${Math.floor(i / 2)}`,
  );
}
