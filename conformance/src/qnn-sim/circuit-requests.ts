import { ExpectationRequest, type QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';

/** Client of a simulator. */
export type QnnSimulator = Remote<typeof QnnSimulatorServiceService>;

/** Two inputs of two angles each. */
export const INPUTS: Float64Array = Float64Array.of(0.3, -0.8, 1.1, 0.2);

/** Every Pauli string of two qubits except the identity. */
export const PAULIS = ['', 'X0', 'Y0', 'Z0'].flatMap((first) =>
  ['', 'X1', 'Y1', 'Z1'].map((second) => [first, second].filter(Boolean).join(' ')).filter(Boolean),
);

/** A circuit of two qubits, one layer and two inputs, executed for each input. */
export function circuitRequest(
  ansatz: string,
  observables: readonly string[],
  parameters: Float64Array,
  inputs = INPUTS,
): ExpectationRequest {
  return {
    ...ExpectationRequest.fromPartial({ circuit: { qubits: 2, layers: 1, ansatz, inputs: 2 } }),
    observables: [...observables],
    inputs: encodeTensor(inputs, [inputs.length / 2, 2]),
    parameters: encodeTensor(parameters),
  };
}
