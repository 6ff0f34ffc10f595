import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { must } from '../check.ts';
import { receivedTensor } from '../shared/received.ts';
import { circuitRequest, INPUTS, type QnnSimulator } from './circuit-requests.ts';

const OBSERVABLES = ['Z0', '0.5*Z0 Z1 - 1.2*X0'];
/** Weight of each expectation, [2, 2]. */
const WEIGHTS = Float64Array.of(1, -0.5, 0.25, 2);
const STEP = 0.1;
/**
 * Two central differences extrapolated (Richardson) leave an error of h⁴/480 times a fifth derivative, below 1e-5 here; an engine in
 * float32 rounds each expectation by 1e-7, over h/2 some 1e-5. A wrong gradient is off by far more than 1e-3.
 */
const TOLERANCE = 1e-3;

/**
 * Compares Gradient with finite differences of Expectation: f(θ, x) = Σ_bk w_bk ⟨O_k⟩(θ, x_b). Fails if a parameter's
 * or an input's derivative, or a value, differs.
 */
export async function gradientAgainstDifferences(
  simulator: QnnSimulator,
  deadlineMs: number,
  ansatz: string,
  count: number,
  angle: (index: number) => number,
): Promise<void> {
  const parameters = Float64Array.from({ length: count }, (_, i) => angle(i));
  const rows = INPUTS.length / 2;
  const valuesOf = async (given: Float64Array, inputs: Float64Array) => {
    const { values } = await simulator.expectation(circuitRequest(ansatz, OBSERVABLES, given, inputs), { deadlineMs });
    return receivedTensor(values, { dtype: 'float64', shape: [rows, OBSERVABLES.length], field: 'values' });
  };
  const weighted = async (given: Float64Array, inputs: Float64Array) =>
    (await valuesOf(given, inputs)).reduce((sum, value, i) => sum + WEIGHTS[i] * value, 0);

  const expectation = circuitRequest(ansatz, OBSERVABLES, parameters);
  const weights = encodeTensor(WEIGHTS, [rows, OBSERVABLES.length]);
  const answer = await simulator.gradient({ expectation, weights, method: '' }, { deadlineMs });
  const expected = { dtype: 'float64' as const, finite: true };
  const byParameter = receivedTensor(answer.parameterGradient, {
    ...expected,
    shape: [count],
    field: 'parameter_gradient',
  });
  const byInput = receivedTensor(answer.inputGradient, { ...expected, shape: [rows, 2], field: 'input_gradient' });
  const values = receivedTensor(answer.values, { ...expected, shape: [rows, OBSERVABLES.length], field: 'values' });

  requireClose('values', values, await valuesOf(parameters, INPUTS));
  requireClose('parameter_gradient', byParameter, await differences(parameters, (given) => weighted(given, INPUTS)));
  requireClose('input_gradient', byInput, await differences(INPUTS, (given) => weighted(parameters, given)));
}

/** (4 D(h/2) − D(h))/3 with D(h) = (f(x + h) − f(x − h))/2h, for each number of `at`. */
async function differences(at: Float64Array, f: (given: Float64Array) => Promise<number>): Promise<number[]> {
  const slopes: number[] = [];
  for (const index of at.keys()) {
    const moved = (by: number) => f(at.map((value, i) => (i === index ? value + by : value)));
    const central = async (h: number) => ((await moved(h)) - (await moved(-h))) / (2 * h);
    slopes.push((4 * (await central(STEP / 2)) - (await central(STEP))) / 3);
  }
  return slopes;
}

function requireClose(what: string, actual: Float64Array, expected: ArrayLike<number>): void {
  for (const [i, value] of actual.entries()) {
    const close = Math.abs(value - expected[i]) <= TOLERANCE;
    must(
      close,
      `${what}[${i}] is ${value}`,
      `${expected[i]} within ${TOLERANCE}, by finite differences of Expectation`,
    );
  }
}
