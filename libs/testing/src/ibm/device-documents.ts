import { BASIS, type DeviceCalibration, type EmulatedDevice } from './emulated-device.ts';

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** The answer of `/backends/{name}/configuration`. */
export function configurationDocument(device: EmulatedDevice) {
  const singles = Array.from({ length: device.qubits }, (_, qubit) => [qubit]);
  const pairs = device.coupling.flatMap(([a, b]) => [
    [a, b],
    [b, a],
  ]);
  const gate = (name: string, parameters: readonly string[], coupling: readonly (readonly number[])[]) => ({
    name,
    parameters,
    qasm_def: `gate ${name}${parameters.length > 0 ? `(${parameters.join(',')})` : ''} q { }`,
    coupling_map: coupling,
  });
  return {
    backend_name: device.name,
    backend_version: '1.0.0',
    n_qubits: device.qubits,
    basis_gates: [...BASIS.pair, ...BASIS.single, ...BASIS.fractional],
    gates: [
      gate('id', [], singles),
      gate('rz', ['theta'], singles),
      gate('sx', [], singles),
      gate('x', [], singles),
      gate('cz', [], device.coupling),
      gate('rx', ['theta'], singles),
      gate('rzz', ['theta'], device.coupling),
    ],
    supported_instructions: [...BASIS.pair, ...BASIS.single, ...BASIS.fractional, 'measure', 'reset', 'delay'],
    supported_features: ['qasm3'],
    local: false,
    simulator: false,
    conditional: false,
    open_pulse: false,
    memory: true,
    // No longer enforced by the service; the limit is the number of executions of a job.
    max_shots: 100_000,
    max_experiments: 300,
    coupling_map: pairs,
    dynamic_reprate_enabled: true,
    rep_delay_range: [0, 500],
    default_rep_delay: device.repetitionDelay * 1e6,
    dt: 4,
    meas_levels: [1, 2],
    meas_map: [singles.flat()],
    credits_required: true,
    online_date: '2024-01-01T00:00:00+00:00',
    processor_type: { family: 'Heron', revision: '2' },
    timing_constraints: { acquire_alignment: 1, granularity: 1, min_length: 1, pulse_alignment: 1 },
  };
}

/** The answer of `/backends/{name}/properties`. */
export function propertiesDocument(device: EmulatedDevice, calibration: DeviceCalibration) {
  const date = iso(calibration.timeMs);
  const item = (name: string, unit: string, value: number) => ({ date, name, unit, value });
  const gate = (name: string, qubits: readonly number[], error: number) => ({
    qubits,
    gate: name,
    name: `${name}${qubits.join('_')}`,
    parameters: [item('gate_error', '', error), item('gate_length', 'ns', device.durations[name] * 1e9)],
  });
  const qubits = Array.from({ length: device.qubits }, (_, qubit) => qubit);
  return {
    backend_name: device.name,
    backend_version: '1.0.0',
    last_update_date: date,
    qubits: qubits.map((qubit) => {
      const [prepared0, prepared1] = [calibration.oneWhenZero[qubit], calibration.zeroWhenOne[qubit]];
      return [
        item('T1', 'us', calibration.t1[qubit]),
        item('T2', 'us', calibration.t2[qubit]),
        item('readout_error', '', (prepared0 + prepared1) / 2),
        item('prob_meas0_prep1', '', prepared1),
        item('prob_meas1_prep0', '', prepared0),
        item('readout_length', 'ns', device.durations['measure'] * 1e9),
      ];
    }),
    gates: [
      ...qubits.flatMap((qubit) => [
        ...['id', 'sx', 'x', 'rx'].map((name) => gate(name, [qubit], calibration.sxErrors[qubit])),
        gate('rz', [qubit], 0),
      ]),
      ...device.coupling.flatMap((pair, i) => ['cz', 'rzz'].map((name) => gate(name, pair, calibration.czErrors[i]))),
    ],
    general: [],
  };
}
