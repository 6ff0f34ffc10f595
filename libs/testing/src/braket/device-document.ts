/** A device of the emulator. */
export interface BraketDevice {
  readonly arn: string;
  readonly name: string;
  readonly qubits: number;
  /** Pairs of qubits, each once. */
  readonly coupling: readonly (readonly [number, number])[];
  readonly shotsRange: readonly [number, number];
  readonly pricePerShot: number;
  /** Limits of program sets; absent: the device has none. */
  readonly programSets?: { readonly maximumExecutables: number; readonly maximumTotalShots: number };
  /** Gates of the device, by Braket's names. */
  readonly nativeGates: readonly string[];
}

/** Fidelities of a device at a time. */
export interface BraketCalibration {
  readonly timeMs: number;
  readonly oneQubit: number;
  readonly readout: number;
  readonly twoQubit: number;
}

const header = (name: string) => ({ name, version: '1' });

/** The document that GetDevice answers with, as JSON text: `braket.device_schema.iqm.iqm_device_capabilities`, version 1. */
export function deviceCapabilities(device: BraketDevice, calibration: BraketCalibration): string {
  const operations = ['rx', 'ry', 'rz', 'h', 'x', 'cnot', 'cz', 'swap', 'prx'];
  const results = [{ name: 'Probability', observables: null, minShots: 1, maxShots: device.shotsRange[1] }];
  const names = Array.from({ length: device.qubits }, (_, q) => String(q));
  const graph = Object.fromEntries(
    names.map((name, q) => [
      name,
      device.coupling.flatMap(([a, b]) => (a === q ? [String(b)] : b === q ? [String(a)] : [])),
    ]),
  );
  const fidelity = (name: string, value: number) => ({ fidelityType: { name, description: null }, fidelity: value });
  const document = {
    braketSchemaHeader: header('braket.device_schema.iqm.iqm_device_capabilities'),
    service: {
      braketSchemaHeader: header('braket.device_schema.device_service_properties'),
      executionWindows: [{ executionDay: 'Everyday', windowStartHour: '00:00:00', windowEndHour: '23:59:59' }],
      shotsRange: device.shotsRange,
      deviceCost: { price: device.pricePerShot, unit: 'shot' },
      deviceDocumentation: null,
      deviceLocation: 'nowhere',
      updatedAt: new Date(calibration.timeMs).toISOString(),
      getTaskPollIntervalMillis: 200,
    },
    action: {
      'braket.ir.openqasm.program': {
        actionType: 'braket.ir.openqasm.program',
        version: ['1'],
        supportedOperations: operations,
        supportedResultTypes: results,
        supportsPartialVerbatimBox: false,
        requiresContiguousQubitIndices: false,
        requiresAllQubitsMeasurement: false,
        supportsUnassignedMeasurements: true,
        disabledQubitRewiringSupported: true,
      },
      ...(device.programSets
        ? {
            'braket.ir.openqasm.program_set': {
              actionType: 'braket.ir.openqasm.program_set',
              version: ['1'],
              ...device.programSets,
            },
          }
        : {}),
    },
    deviceParameters: {},
    paradigm: {
      braketSchemaHeader: header('braket.device_schema.gate_model_qpu_paradigm_properties'),
      connectivity: { fullyConnected: false, connectivityGraph: graph },
      qubitCount: device.qubits,
      nativeGateSet: device.nativeGates,
    },
    standardized: {
      braketSchemaHeader: header('braket.device_schema.standardized_gate_model_qpu_device_properties'),
      oneQubitProperties: Object.fromEntries(
        names.map((name) => [
          name,
          {
            T1: { value: 40, standardError: null, unit: 'us' },
            T2: { value: 20, standardError: null, unit: 'us' },
            oneQubitFidelity: [
              fidelity('RANDOMIZED_BENCHMARKING', calibration.oneQubit),
              fidelity('READOUT', calibration.readout),
            ],
          },
        ]),
      ),
      twoQubitProperties: Object.fromEntries(
        device.coupling.map(([a, b]) => [
          `${a}-${b}`,
          { twoQubitGateFidelity: [{ gateName: 'CZ', ...fidelity('RANDOMIZED_BENCHMARKING', calibration.twoQubit) }] },
        ]),
      ),
    },
  };
  return JSON.stringify(document);
}
