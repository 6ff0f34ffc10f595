import type { CircuitTask } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { CircuitSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { buildCircuit } from '@qloom/qnn/model/circuit-source.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { decodeCircuit, decodeNumbers, refuse } from '@qloom/study-rpc/codec/circuits.ts';
import { wireTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { Execution } from '../domain/backend/backend.ts';

/** An execution and its place in the run. */
export interface PlacedExecution {
  /** Index of the circuit. */
  readonly circuit: number;
  /** Row of its inputs. */
  readonly row: number;
  readonly execution: Execution;
}

/** The most executions of a run. */
export const MAX_EXECUTIONS = 100_000;

/** Most shots of one execution, whatever the backend. */
const MAX_SHOTS = 100_000_000;

/** Outcomes are indices of at most this many measured qubits, exact in float64. */
const MAX_MEASURED = 30;

/**
 * The executions of circuits, row by row. Circuits with the same settings are one object. Rejects with ValidationError, which names
 * the circuit, and with the reason of `signal` once it has aborted.
 */
export async function decodeCircuitTasks(
  tasks: readonly CircuitTask[],
  signal: AbortSignal,
): Promise<PlacedExecution[]> {
  const built = new Map<string, Promise<Circuit>>();
  const circuitOf = (settings: CircuitSettings | undefined): Promise<Circuit> => {
    const key = settings === undefined ? '' : Buffer.from(CircuitSettings.encode(settings).finish()).toString('latin1');
    const known = built.get(key) ?? decodeCircuit(settings, signal).then(({ source }) => buildCircuit(source));
    built.set(key, known);
    return known;
  };
  const executions: PlacedExecution[] = [];
  for (const [i, task] of tasks.entries()) {
    try {
      decodeRows(task, i, await circuitOf(task.circuit), executions);
    } catch (error) {
      throw placed(error, i);
    }
    if (executions.length > MAX_EXECUTIONS)
      refuse('circuits', `are more than ${MAX_EXECUTIONS} rows; right would be at most that many`);
  }
  return executions;
}

function decodeRows(task: CircuitTask, index: number, circuit: Circuit, into: PlacedExecution[]): void {
  if (task.index !== index) refuse('index', `is ${task.index}; right would be ${index}, the place in the stream`);
  const rows = wireTensor(task.inputs, 'inputs').shape[0];
  if (!(rows >= 1)) refuse('inputs', 'have no row; right would be at least one, even where the circuit has no inputs');
  const inputs = decodeNumbers(task.inputs, [rows, circuit.inputs], 'inputs');
  const count = circuit.parameters.length;
  const isShared = wireTensor(task.parameters, 'parameters').shape.length === 1;
  const parameters = decodeNumbers(task.parameters, isShared ? [count] : [rows, count], 'parameters');
  if (task.shots < 1 || task.shots > MAX_SHOTS) refuse('shots', `is ${task.shots}; right would be 1 to ${MAX_SHOTS}`);
  const qubits = measuredQubits(task.qubits, circuit.qubits);
  for (let row = 0; row < rows; row++) {
    into.push({
      circuit: index,
      row,
      execution: {
        circuit,
        parameters: isShared ? parameters : parameters.subarray(row * count, (row + 1) * count),
        inputs: inputs.subarray(row * circuit.inputs, (row + 1) * circuit.inputs),
        qubits,
        shots: task.shots,
      },
    });
  }
}

function measuredQubits(given: readonly number[], count: number): readonly number[] {
  const qubits = given.length === 0 ? Array.from({ length: count }, (_, qubit) => qubit) : given;
  if (qubits.length > MAX_MEASURED) refuse('qubits', `are ${qubits.length}; right would be at most ${MAX_MEASURED}`);
  qubits.forEach((qubit, j) => {
    if (qubit >= count) refuse(`qubits[${j}]`, `is ${qubit}; right would be 0 to ${count - 1}`);
    if (qubits.indexOf(qubit) !== j) refuse(`qubits[${j}]`, `is ${qubit} for the second time; right would be once`);
  });
  return qubits;
}

/** The error with the circuit in the names of its fields. */
function placed(error: unknown, index: number): unknown {
  if (!(error instanceof ValidationError)) return error;
  return new ValidationError(
    error.violations.map(({ field, description }) => ({ field: `circuits[${index}].${field}`, description })),
  );
}
