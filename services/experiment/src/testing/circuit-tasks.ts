import type { CircuitTask } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { CircuitSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';

/** A circuit of one qubit, RY(x), for each of the angles: P(1) = sin²(x/2). */
export function rotations(index: number, angles: readonly number[], shots: number): CircuitTask {
  const qasm = 'OPENQASM 3.0; include "stdgates.inc"; input float x0; qubit[1] q; ry(x0) q[0];';
  return {
    index,
    circuit: CircuitSettings.fromPartial({ qasm }),
    inputs: encodeTensor(Float64Array.from(angles), [angles.length, 1]),
    parameters: encodeTensor(new Float64Array(0), [0]),
    qubits: [],
    shots,
  };
}
