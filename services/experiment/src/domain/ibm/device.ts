import type { TranspileTarget } from '@qloom/quantum/transpile/target.ts';
import type { Calibration } from '../backend/backend.ts';

/** A device as its configuration and properties describe it. */
export interface IbmDevice {
  readonly target: TranspileTarget;
  readonly calibration: Calibration;
  /** Delay before each shot. Unit: seconds. */
  readonly repetitionDelay: number;
  /** Longest duration of the gates of each name, and of `measure`. Unit: seconds. */
  readonly durations: ReadonlyMap<string, number>;
}

/** The parts of `/backends/{name}/configuration` that are read. */
export interface ConfigurationDocument {
  readonly n_qubits: number;
  readonly basis_gates: readonly string[];
  readonly coupling_map: readonly (readonly [number, number])[];
  /** Unit: microseconds. */
  readonly default_rep_delay?: number;
}

interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

/** The parts of `/backends/{name}/properties` that are read. */
export interface PropertiesDocument {
  readonly last_update_date: string;
  readonly qubits: readonly (readonly Measured[])[];
  readonly gates: readonly {
    readonly gate: string;
    readonly qubits: readonly number[];
    readonly parameters: readonly Measured[];
  }[];
}

/**
 * Gates with an angle that some devices have in addition. They cannot be used in circuits with all angles, so that the vendor's client
 * leaves them out too.
 */
const FRACTIONAL = ['rx', 'rzz'];
/** Gates that are no operations of a circuit here. */
const OTHER = ['delay', 'reset', 'measure', 'id', 'if_else', 'for_loop', 'switch_case', 'while_loop'];
/** Delay of current devices, where the configuration has none. Unit: seconds. */
const DEFAULT_REPETITION_DELAY = 250e-6;
const UNITS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Reads a device. What is not operational, or not measured, has the error 1. */
export function readDevice(configuration: ConfigurationDocument, properties: PropertiesDocument): IbmDevice {
  const { n_qubits: qubits } = configuration;
  const pairs = new Map(configuration.coupling_map.map(([a, b]) => [pairKey(a, b), [a, b] as const]));
  const coupling = [...pairs.values()].map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const indices = Array.from({ length: qubits }, (_, qubit) => qubit);
  const measured = (qubit: number, name: string): number | undefined => measuredValue(properties.qubits[qubit], name);
  const errors = new Map(
    properties.gates.map(({ gate, qubits: on, parameters }) => {
      const isUsable = (measuredValue(parameters, 'operational') ?? 1) !== 0;
      return [`${gate} ${pairKey(...on)}`, isUsable ? Math.min(1, measuredValue(parameters, 'gate_error') ?? 1) : 1];
    }),
  );
  const basisGates = configuration.basis_gates.filter((name) => !FRACTIONAL.includes(name) && !OTHER.includes(name));
  const entangler = ['cz', 'ecr', 'cx'].find((name) => basisGates.includes(name)) ?? 'cz';
  const isOperational = (qubit: number): boolean => (measured(qubit, 'operational') ?? 1) !== 0;
  const calibration: Calibration = {
    id: properties.last_update_date,
    timeMs: Date.parse(properties.last_update_date),
    readoutErrors: indices.map((qubit) => (isOperational(qubit) ? (measured(qubit, 'readout_error') ?? 1) : 1)),
    gateErrors: indices.map((qubit) => errors.get(`sx ${pairKey(qubit)}`) ?? 1),
    couplingErrors: coupling.map((pair) => errors.get(`${entangler} ${pairKey(...pair)}`) ?? 1),
    t1: indices.map((qubit) => measured(qubit, 'T1') ?? 0),
    t2: indices.map((qubit) => measured(qubit, 'T2') ?? 0),
  };
  const durations = new Map<string, number>();
  const longest = (name: string, seconds: number | undefined) =>
    void durations.set(name, Math.max(durations.get(name) ?? 0, seconds ?? 0));
  for (const { gate, parameters } of properties.gates) longest(gate, measuredValue(parameters, 'gate_length'));
  for (const qubit of indices) longest('measure', measured(qubit, 'readout_length'));
  return {
    target: {
      qubits,
      basisGates,
      // The gate of a direction acts in the order that the device has; a symmetric one in any.
      coupling: entangler === 'cz' ? coupling : configuration.coupling_map,
      ...(entangler === 'cz'
        ? { errors: { readout: calibration.readoutErrors, coupling: calibration.couplingErrors } }
        : {}),
    },
    calibration,
    repetitionDelay:
      configuration.default_rep_delay === undefined ? DEFAULT_REPETITION_DELAY : configuration.default_rep_delay * 1e-6,
    durations,
  };
}

const pairKey = (...qubits: readonly number[]): string => [...qubits].sort((a, b) => a - b).join(' ');

/** The value in seconds, or as it is where it has no unit of time. */
function measuredValue(list: readonly Measured[] | undefined, name: string): number | undefined {
  const found = list?.find((one) => one.name === name);
  return found && found.value * (UNITS[found.unit] ?? 1);
}
