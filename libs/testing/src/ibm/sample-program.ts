import type { Circuit } from '@qloom/quantum/circuit.ts';
import { densityProbabilities, runNoisyCircuit } from '@qloom/quantum/noise/density-matrix.ts';
import type { NoiseModel, NoiseRule } from '@qloom/quantum/noise/noise-model.ts';
import { readProbabilities } from '@qloom/quantum/noise/readout-error.ts';
import { sampleTrajectory } from '@qloom/quantum/noise/trajectories.ts';
import { probabilities, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import type { Random } from '@qloom/random/random.ts';
import type { DeviceCalibration, EmulatedDevice } from './emulated-device.ts';
import type { IsaProgram } from './isa-program.ts';

/** Largest circuit that is simulated by its density matrix; larger ones by trajectories. */
const DENSITY_QUBITS = 5;
const TRAJECTORIES = 64;

/**
 * Basis states of the program's circuit that `shots` measurements find, shape [shots]. With a calibration, each gate is followed
 * by depolarizing noise of its average error r, with probability 3r/2 on one qubit and 5r/4 on two, and readout errs.
 */
export function sampleProgram(
  program: IsaProgram,
  values: Float64Array,
  shots: number,
  random: Random,
  noise?: { readonly device: EmulatedDevice; readonly calibration: DeviceCalibration },
): Uint32Array {
  const { circuit } = program;
  if (!noise) return draw(probabilities(runCircuit(circuit, values, [])), shots, random);
  const model = noiseModel(program, noise.device, noise.calibration);
  if (circuit.qubits <= DENSITY_QUBITS) {
    return draw(densityProbabilities(runNoisyCircuit(circuit, model, values, []), model), shots, random);
  }
  const out = new Uint32Array(shots);
  const runs = Math.min(shots, TRAJECTORIES);
  for (let run = 0; run < runs; run++) {
    const from = Math.floor((run * shots) / runs);
    const struck: Circuit = sampleTrajectory(circuit, model, random);
    const read = readProbabilities(probabilities(runCircuit(struck, values, [])), model.readout ?? []);
    out.set(draw(read, Math.floor(((run + 1) * shots) / runs) - from, random), from);
  }
  return out;
}

function noiseModel(
  { circuit, physical }: IsaProgram,
  device: EmulatedDevice,
  calibration: DeviceCalibration,
): NoiseModel {
  const dense = new Map(physical.map((qubit, k) => [qubit, k]));
  const single = physical.map((qubit, k): NoiseRule => {
    const probability = Math.min(1, 1.5 * calibration.sxErrors[qubit]);
    return { channel: { kind: 'depolarizing', probability }, gates: ['id', 'sx', 'x'], qubits: [k] };
  });
  const pairs = device.coupling.flatMap(([a, b], i): NoiseRule[] => {
    const [first, second] = [dense.get(a), dense.get(b)];
    if (first === undefined || second === undefined) return [];
    const probability = Math.min(1, 1.25 * calibration.czErrors[i]);
    return [{ channel: { kind: 'two-qubit-depolarizing', probability }, gates: ['cz'], qubits: [first, second] }];
  });
  const readout = Array.from({ length: circuit.qubits }, (_, k) => ({
    oneWhenZero: calibration.oneWhenZero[physical[k]],
    zeroWhenOne: calibration.zeroWhenOne[physical[k]],
  }));
  return { rules: [...single, ...pairs], readout };
}

function draw(distribution: Float64Array, shots: number, random: Random): Uint32Array {
  const cumulative = distribution.slice();
  for (let k = 1; k < cumulative.length; k++) cumulative[k] += cumulative[k - 1];
  const total = cumulative[cumulative.length - 1];
  return Uint32Array.from({ length: shots }, () => {
    const value = random.uniform() * total;
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > value) high = middle;
      else low = middle + 1;
    }
    return low;
  });
}
