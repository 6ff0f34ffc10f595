import type { CircuitTask } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { CircuitSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';

/** A circuit of one qubit, RY(x) and RX(0), for each of the angles: P(1) = sin²(x/2). It is built without a thread. */
export function rotations(index: number, angles: readonly number[], shots: number): CircuitTask {
  return {
    index,
    circuit: CircuitSettings.fromPartial({
      qubits: 1,
      layers: 1,
      inputs: 1,
      encoding: 'angle',
      ansatz: 'basic-entangler',
    }),
    inputs: encodeTensor(Float64Array.from(angles), [angles.length, 1]),
    parameters: encodeTensor(new Float64Array(1), [1]),
    qubits: [],
    shots,
  };
}
