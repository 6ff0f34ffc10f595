import type {
  CircuitSettings,
  ExpectationRequest,
  MeasureRequest,
  QnnSimulatorServiceService,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { Dtype } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Handlers } from '@qloom/service-kit/server/handlers.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { uniforms } from '../random.ts';
import { minimizeSmall } from './small-minimizer.ts';
import {
  type Amplitudes,
  endStates,
  outcomeProbabilities,
  type PauliTerm,
  pauliExpectation,
  readPaulis,
  readSmallProgram,
  type SmallProgram,
} from './small-program.ts';

const ENGINE = 'toy';
const MOST_SAMPLES = 262_144;

/** The calls of a small right simulator that execute circuits: programs of a few gates, exact but for shots. */
export const rightCircuits: Pick<
  Handlers<typeof QnnSimulatorServiceService>,
  'expectation' | 'gradient' | 'measure' | 'minimize'
> = {
  expectation: (request) => {
    const { values } = execute(request);
    return { values, engine: ENGINE };
  },
  gradient({ expectation, weights, method }) {
    if (!['', 'adjoint', 'parameter-shift'].includes(method)) refuse('method', 'is none');
    const { values, program, observables, rows, angle } = execute(expectation);
    const given = numbers(weights, 'weights', [rows, observables.length]);
    const parameters = new Float64Array(program.parameters.length);
    const inputs = new Float64Array(rows * program.inputs.length);
    for (let row = 0; row < rows; row++) {
      const sum = (shifted: number, by: number) => {
        const states = endStates(program, (index) => angle(row, index) + (index === shifted ? by : 0));
        return observables.reduce(
          (total, one, i) => total + given[row * observables.length + i] * observe(states, one),
          0,
        );
      };
      for (const [index, { angle: name }] of program.statements.entries()) {
        if (name === undefined) continue;
        const slope = (sum(index, Math.PI / 2) - sum(index, -Math.PI / 2)) / 2;
        const input = program.inputs.indexOf(name);
        if (input < 0) parameters[program.parameters.indexOf(name)] += slope;
        else inputs[row * program.inputs.length + input] += slope;
      }
    }
    return {
      values,
      parameterGradient: encodeTensor(parameters),
      inputGradient: encodeTensor(inputs, [rows, program.inputs.length]),
      engine: ENGINE,
    };
  },
  measure(request) {
    const { shots, seed } = request;
    const each = rowProbabilities(request);
    if (each.length * shots > MOST_SAMPLES) refuse('shots', 'are too many');
    const uniform = uniforms(seed);
    const samples = each.flatMap((probabilities) => drawOutcomes(probabilities, shots, uniform));
    return {
      probabilities: encodeTensor(Float64Array.from(each.flatMap((one) => [...one])), [each.length, each[0].length]),
      samples: shots === 0 ? undefined : encodeTensor(Int32Array.from(samples), [each.length, shots]),
      engine: ENGINE,
    };
  },
  async *minimize(request) {
    const program = readCircuit(request.circuit);
    const { restarts = 0, steps, learningRate, optimizer } = request;
    if (program.inputs.length > 0) refuse('circuit', 'has inputs');
    if (restarts > 100) refuse('restarts', 'are more than 100');
    if (steps > 100_000) refuse('steps', 'are more than 100,000');
    if (!(learningRate >= 0 && learningRate <= 1)) refuse('learning_rate', 'is not in [0, 1]');
    if (!['', 'l-bfgs', 'adam'].includes(optimizer)) refuse('optimizer', 'is none');
    const terms = readPaulis(request.hamiltonian, program.qubits, 'hamiltonian');
    yield* minimizeSmall(program, (states) => observe(states, terms), request);
  },
};

/** The outcomes of the executions of a circuit, row by row. Throws an error that becomes INVALID_ARGUMENT. */
export function measureOnce(task: Measured, shots: number, uniform: () => number): number[][] {
  return rowProbabilities(task).map((probabilities) => drawOutcomes(probabilities, shots, uniform));
}

/** What says a measurement. */
type Measured = Pick<MeasureRequest, 'circuit' | 'inputs' | 'parameters' | 'qubits'>;

/** Probabilities of the outcomes in each row. */
function rowProbabilities({ circuit, inputs, parameters, qubits: named }: Measured): Float64Array[] {
  const { program, rows, angle } = bind(circuit, inputs, parameters);
  const qubits = named.length > 0 ? named : [...Array(program.qubits).keys()];
  if (new Set(qubits).size < qubits.length) refuse('qubits', 'are not all different');
  if (qubits.some((qubit) => qubit >= program.qubits)) refuse('qubits', 'are not all there');
  return Array.from({ length: rows }, (_, row) => {
    const states = endStates(program, (index) => angle(row, index));
    return outcomeProbabilities(states, qubits);
  });
}

const drawOutcomes = (probabilities: Float64Array, shots: number, uniform: () => number): number[] =>
  Array.from({ length: shots }, () => drawOutcome(probabilities, uniform()));

function refuse(field: string, description: string): never {
  throw new ValidationError([{ field, description }]);
}

function readCircuit(circuit: CircuitSettings | undefined): SmallProgram {
  if (circuit === undefined) return refuse('circuit', 'is missing');
  if (circuit.qasm === '') refuse('circuit.ansatz', 'is none that is offered');
  return readSmallProgram(circuit.qasm);
}

function numbers(tensor: ExpectationRequest['inputs'], field: string, shape: readonly (number | null)[]): Float64Array {
  const expected = { shape, finite: true, field };
  if (tensor?.dtype !== Dtype.FLOAT32) return decodeTensor(tensor, { ...expected, dtype: 'float64' });
  return Float64Array.from(decodeTensor(tensor, { ...expected, dtype: 'float32' }));
}

/** A program with its numbers: the angle of each statement in each row. */
function bind(
  circuit: CircuitSettings | undefined,
  inputs: MeasureRequest['inputs'],
  parameters: MeasureRequest['parameters'],
) {
  const program = readCircuit(circuit);
  const x = numbers(inputs, 'inputs', [null, program.inputs.length]);
  const theta = numbers(parameters, 'parameters', [program.parameters.length]);
  const rows = inputs?.shape[0] ?? 0;
  if (rows === 0) refuse('inputs', 'have no row');
  const angle = (row: number, index: number) => {
    const { angle: name = '' } = program.statements[index];
    const input = program.inputs.indexOf(name);
    return input < 0 ? (theta[program.parameters.indexOf(name)] ?? 0) : x[row * program.inputs.length + input];
  };
  return { program, rows, angle };
}

function execute(request: ExpectationRequest | undefined) {
  const { program, rows, angle } = bind(request?.circuit, request?.inputs, request?.parameters);
  const { observables: texts = [], shots = 0, seed = 0, noise } = request ?? {};
  if (noise?.depolarizing || noise?.amplitudeDamping) refuse('noise', 'after gates is not offered');
  if (texts.length === 0) refuse('observables', 'are missing');
  const observables = texts.map((text, i) => readPaulis(text, program.qubits, `observables[${i}]`));
  const uniform = uniforms(seed);
  const kept = 1 - 2 * (noise?.readoutError ?? 0);
  const values = Array.from({ length: rows }, (_, row) => {
    const states = endStates(program, (index) => angle(row, index));
    return observables.map((terms) => {
      const one = (term: PauliTerm) => {
        const exact = kept ** term.paulis.length * pauliExpectation(states, term);
        return term.weight * (shots === 0 ? exact : estimate(exact, shots, uniform));
      };
      return terms.reduce((sum, term) => sum + one(term), 0);
    });
  });
  const shape = [rows, observables.length];
  return { values: encodeTensor(Float64Array.from(values.flat()), shape), program, observables, rows, angle };
}

const observe = (states: readonly Amplitudes[], terms: readonly PauliTerm[]): number =>
  terms.reduce((sum, term) => sum + term.weight * pauliExpectation(states, term), 0);

/** The mean of `shots` outcomes ±1 with a given mean. */
function estimate(mean: number, shots: number, uniform: () => number): number {
  let sum = 0;
  for (let shot = 0; shot < shots; shot++) sum += uniform() < (1 + mean) / 2 ? 1 : -1;
  return sum / shots;
}

function drawOutcome(probabilities: Float64Array, u: number): number {
  let sum = 0;
  const outcome = probabilities.findIndex((probability) => u < (sum += probability));
  return outcome < 0 ? probabilities.length - 1 : outcome;
}
