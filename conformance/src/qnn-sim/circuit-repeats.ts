import { status } from '@grpc/grpc-js';
import type { ExpectationRequest, QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { Check } from '../check.ts';
import type { Instances } from '../shared/instances.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { type ChangeRow, repeatedCallChecks } from '../shared/repeated-call.ts';
import type { SuiteOptions } from '../suite.ts';
import { type MeasureChanges, measureRequest } from './measure-checks.ts';
import { type MinimizeChanges, minimize } from './minimize-checks.ts';
import { productRequest, withPrograms, withShots } from './programs.ts';

const SEED = 5;
/** Rows of all bits of a seed. */
const SEEDS: readonly ChangeRow<{ readonly seed: number }>[] = [
  { what: 'its seed', change: { seed: SEED + 1 } },
  { what: 'the upper half of its seed', change: { seed: SEED + 2 ** 16 } },
  { what: 'the highest bit of its seed', change: { seed: SEED + 2 ** 31 } },
];
const OTHER_ANGLES = encodeTensor(Float64Array.of(0.1, 2));
const OTHER_INPUTS = encodeTensor(Float64Array.of(0.3, -0.8, 1.9, 0.2), [2, 2]);

/** Calls that draw random numbers are functions of their requests, seed included. */
export function circuitRepeats(
  instances: Instances<typeof QnnSimulatorServiceService>,
  { deadlineMs }: SuiteOptions,
): readonly Check[] {
  const at = (instance: 'first' | 'second') => (instance === 'first' ? instances.first : instances.second());
  const source = (call: string) => `qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.${call}`;
  const textOf = (value: unknown) => JSON.stringify(value);

  const sampled: Partial<ExpectationRequest> = { shots: 64, seed: SEED };
  const expectations = repeatedCallChecks<Partial<ExpectationRequest>>({
    name: 'an expectation from shots',
    answer: 'list of values',
    source: source('Expectation'),
    unchanged: {},
    async ask(change, instance) {
      const call = at(instance).expectation(productRequest({ ...sampled, ...change }), { deadlineMs });
      return textOf((await withPrograms(withShots(call), 'Expectation')).values);
    },
    same: [],
    different: [
      ...SEEDS,
      { what: 'its shots', change: { shots: 96 } },
      { what: 'its parameters', change: { parameters: OTHER_ANGLES } },
      { what: 'the last row of its inputs', change: { inputs: OTHER_INPUTS } },
    ],
    others: [{ seed: 4_000_000_007 }, { shots: 0 }, { observables: ['Y1'], shots: 500 }],
    mistakes: () =>
      mustRefuse(instances.first.expectation(productRequest({ observables: ['Z9'] })), status.INVALID_ARGUMENT),
  });

  const measurements = repeatedCallChecks<MeasureChanges>({
    name: 'a measurement',
    answer: 'list of outcomes',
    source: source('Measure'),
    unchanged: {},
    async ask(change, instance) {
      const call = at(instance).measure(measureRequest({ shots: 64, seed: SEED, ...change }), { deadlineMs });
      const { probabilities, samples } = await withPrograms(call, 'Measure');
      return `${textOf(probabilities)} ${textOf(samples)}`;
    },
    same: [{ what: 'whether all qubits are named', change: { qubits: [0, 1, 2] } }],
    different: [
      ...SEEDS,
      { what: 'its parameters', change: { parameters: OTHER_ANGLES } },
      { what: 'the last row of its inputs', change: { inputs: OTHER_INPUTS } },
    ],
    others: [{ seed: 4_000_000_007 }, { shots: 0 }, { qubits: [1], shots: 500 }],
    mistakes: () => mustRefuse(instances.first.measure(measureRequest({ qubits: [9] })), status.INVALID_ARGUMENT),
  });

  const few: MinimizeChanges = { restarts: 2, steps: 3, seed: SEED };
  const minimizations = repeatedCallChecks<MinimizeChanges>({
    name: 'a minimization',
    answer: 'result',
    source: source('Minimize'),
    unchanged: {},
    async ask(change, instance) {
      return textOf((await minimize(at(instance), { ...few, ...change }, deadlineMs)).result);
    },
    same: [
      { what: 'whether L-BFGS is named', change: { optimizer: 'l-bfgs' } },
      { what: 'whether the default tolerance is named', change: { gradientTolerance: 1e-6 } },
    ],
    different: [
      ...SEEDS,
      { what: 'its optimizer', change: { optimizer: 'adam' } },
      { what: 'its number of steps', change: { steps: 1 } },
      { what: 'its Hamiltonian', change: { hamiltonian: '-1*Z0 Z1' } },
      { what: 'its tolerance', change: { gradientTolerance: 1, steps: 50 }, from: { steps: 50 } },
    ],
    others: [{ seed: 4_000_000_007 }, { restarts: 1, steps: 40 }, { optimizer: 'adam', learningRate: 0.5 }],
    mistakes: () => mustRefuse(minimize(instances.first, { optimizer: 'none' }, deadlineMs), status.INVALID_ARGUMENT),
  });
  return [...expectations, ...measurements, ...minimizations];
}
