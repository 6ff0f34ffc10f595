import { createRandom, type Random } from '@qloom/random/random.ts';
import type { EmulatedCircuit } from './read-job.ts';

/** A device of the emulator. */
export interface IonqDevice {
  readonly name: string;
  readonly qubits: number;
  /** How jobs are billed, and at what price in USD. */
  readonly pricing:
    | { readonly unit: 'gates'; readonly oneQubit: number; readonly twoQubit: number; readonly minimum: number }
    | { readonly unit: 'compute_second'; readonly perSecond: number };
}

/** A characterization of the device. */
export interface IonqCharacterization {
  readonly id: string;
  readonly timeMs: number;
  readonly spam: number;
  readonly oneQubit: number;
  readonly twoQubit: number;
}

/** Another characterization, each value drawn around that of the first. */
export function characterize(timeMs: number, index: number): IonqCharacterization {
  const random = createRandom(`ionq characterization ${index}`);
  const near = (error: number) => 1 - error * Math.exp(0.2 * random.normal());
  return { id: uuid(random), timeMs, spam: near(0.004), oneQubit: near(0.0002), twoQubit: near(0.004) };
}

/** A UUID of a random stream. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.integer(16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Times of the device in seconds. */
const TIMES = { '1q': 130e-6, '2q': 970e-6, readout: 150e-6, reset: 50e-6, t1: 100, t2: 1 } as const;
/** Time of a job besides its shots. Unit: seconds. */
const OVERHEAD_SECONDS = 0.5;

type Size = Pick<EmulatedCircuit, 'oneQubitGates' | 'twoQubitGates'>;

/** Quantum compute time of the circuits of a job. Unit: seconds. */
export const computeSeconds = (circuits: readonly Size[], shots: number): number =>
  circuits.reduce(
    (sum, { oneQubitGates, twoQubitGates }) =>
      sum + shots * (TIMES.readout + TIMES.reset + oneQubitGates * TIMES['1q'] + twoQubitGates * TIMES['2q']),
    0,
  );

/** Time of a job on the device. Unit: seconds. */
export const executionSeconds = (circuits: readonly Size[], shots: number): number =>
  OVERHEAD_SECONDS + computeSeconds(circuits, shots);

/** What a job costs, its compute time being `factor` times the predicted one. Unit: USD. */
export function jobCost({ pricing }: IonqDevice, circuits: readonly Size[], shots: number, factor = 1): number {
  if (pricing.unit === 'compute_second') return pricing.perSecond * computeSeconds(circuits, shots) * factor;
  const gates = circuits.reduce(
    (sum, { oneQubitGates, twoQubitGates }) =>
      sum + oneQubitGates * pricing.oneQubit + twoQubitGates * pricing.twoQubit,
    0,
  );
  return Math.max(pricing.minimum, shots * gates);
}

/** `/backends/{name}`. */
export function backendDocument(
  device: IonqDevice,
  characterization: IonqCharacterization,
  state: { readonly isOnline: boolean; readonly queueMs: number; readonly nowMs: number },
) {
  return {
    backend: device.name,
    status: state.isOnline ? 'available' : 'unavailable',
    degraded: false,
    qubits: device.qubits,
    average_queue_time: state.queueMs,
    last_updated: new Date(state.nowMs).toISOString(),
    characterization_id: characterization.id,
    location: 'nowhere',
    kw: 0,
    supported_gates: [
      'x',
      'y',
      'z',
      'h',
      's',
      'si',
      't',
      'ti',
      'v',
      'vi',
      'rx',
      'ry',
      'rz',
      'cnot',
      'swap',
      'xx',
      'yy',
      'zz',
    ],
    supported_native_gates: ['gpi', 'gpi2', 'zz'],
    supported_error_mitigations: ['debiasing'],
  };
}

/** The simulator's `/backends/simulator`. */
export const simulatorDocument = (nowMs: number) => ({
  backend: 'simulator',
  status: 'available',
  degraded: false,
  qubits: 29,
  average_queue_time: 0,
  last_updated: new Date(nowMs).toISOString(),
});

/** `/backends/{name}/characterizations/{id}`. */
export function characterizationDocument(
  device: IonqDevice,
  { id, timeMs, spam, oneQubit, twoQubit }: IonqCharacterization,
) {
  const connectivity = Array.from({ length: device.qubits }, (_, a) => a).flatMap((a) =>
    Array.from({ length: device.qubits - a - 1 }, (_, i) => [a, a + 1 + i]),
  );
  return {
    id,
    backend: device.name,
    date: new Date(timeMs).toISOString(),
    qubits: device.qubits,
    connectivity,
    fidelity: { spam: { median: spam }, '1q': { median: oneQubit }, '2q': { median: twoQubit } },
    timing: TIMES,
  };
}

/** `/jobs/estimate`. */
export function estimateDocument(device: IonqDevice, query: URLSearchParams, nowMs: number, queueMs: number) {
  const number = (name: string, fallback: number) => Number(query.get(name) ?? fallback);
  const shots = number('shots', 1000);
  const size = { oneQubitGates: number('1q_gates', 0), twoQubitGates: number('2q_gates', 0) };
  const { pricing } = device;
  const rate =
    pricing.unit === 'gates'
      ? { cost_1q_gate: pricing.oneQubit, cost_2q_gate: pricing.twoQubit, job_cost_minimum: pricing.minimum }
      : { unit_cost: pricing.perSecond };
  return {
    estimate_context: {
      backend: query.get('backend'),
      type: query.get('type') ?? 'ionq.circuit.v1',
      qubits: number('qubits', 25),
      shots,
      '1q_gates': size.oneQubitGates,
      '2q_gates': size.twoQubitGates,
      error_mitigation: query.get('error_mitigation') === 'true',
      organization: 'emulated',
      project: null,
    },
    estimated_at: new Date(nowMs).toISOString(),
    estimated_unit: 'usd',
    rate_card: { id: 'emulated', rates: [{ sku: device.name, unit: pricing.unit, ...rate }] },
    estimated_total_cost: jobCost(device, [size], shots),
    estimated_execution_time: Math.round(1000 * executionSeconds([size], shots)),
    ...(pricing.unit === 'compute_second'
      ? { estimated_quantum_compute_time_us: Math.round(1e6 * computeSeconds([size], shots)) }
      : {}),
    current_predicted_queue_time: queueMs,
  };
}
