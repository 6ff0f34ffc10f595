import type { ExpectationRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Tensor } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { type AnsatzSettings, buildAnsatz } from '@qloom/qnn/model/ansatz-circuit.ts';
import { ANSATZES, type AnsatzName } from '@qloom/qnn/model/qnn-settings.ts';
import { checkQubits } from '@qloom/quantum/circuit.ts';
import { parseObservable } from '@qloom/quantum/observable-text.ts';
import { ValidationError } from '@qloom/service-kit/errors.ts';
import { decodeTensor, wireTensor } from '@qloom/service-kit/wire-tensors.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';
import type { ExecuteJob } from '../domain/jobs.ts';
import { MAX_FEATURES } from './capabilities.ts';

/** The job of an expectation request, or with `weights` of a gradient request. Throws INVALID_ARGUMENT's errors. */
export function decodeExecution(
  request: ExpectationRequest | undefined,
  engines: EngineChoice,
  weights?: { readonly tensor: Tensor | undefined },
): ExecuteJob {
  if (!request?.circuit) return refuse('circuit', 'is not set; right would be the settings of a circuit');
  const ansatz = decodeAnsatz(request.circuit);
  const circuit = buildAnsatz(ansatz);
  if (request.observables.length === 0) refuse('observables', "is empty; right would be at least one, such as 'Z0'");
  const observables = request.observables.map((text) => parseObservable(text, ansatz.qubits));
  const inputs = numbers(request.inputs, [null, ansatz.inputs], 'inputs');
  const rows = wireTensor(request.inputs, 'inputs').shape[0];
  return {
    kind: 'execute',
    engine: engines.resolve(request.engine),
    ansatz,
    observables,
    parameters: numbers(request.parameters, [circuit.parameters.length], 'parameters'),
    inputs,
    rows,
    cotangents: weights ? numbers(weights.tensor, [rows, observables.length], 'weights') : null,
  };
}

function decodeAnsatz({ qubits, layers, ansatz, inputs }: NonNullable<ExpectationRequest['circuit']>): AnsatzSettings {
  checkQubits(qubits);
  if (layers < 1 || layers > 64) refuse('circuit.layers', `is ${layers}; right would be 1 to 64`);
  if (inputs > MAX_FEATURES) refuse('circuit.inputs', `is ${inputs}; right would be at most ${MAX_FEATURES}`);
  const name = ANSATZES.find((known) => known === ansatz);
  if (!name) return refuse('circuit.ansatz', `is '${ansatz}'; right would be ${ANSATZES.join(', ')}`);
  return { qubits, layers, ansatz: name satisfies AnsatzName, inputs };
}

/** float32 or float64 as float64. */
function numbers(tensor: Tensor | undefined, shape: readonly (number | null)[], field: string): Float64Array {
  const { dtype } = wireTensor(tensor, field);
  const expected = { shape, finite: true, field };
  if (dtype === 'float32') return Float64Array.from(decodeTensor(tensor, { ...expected, dtype }));
  return decodeTensor(tensor, { ...expected, dtype: 'float64' }).slice();
}

function refuse(field: string, description: string): never {
  throw new ValidationError([{ field, description }]);
}
