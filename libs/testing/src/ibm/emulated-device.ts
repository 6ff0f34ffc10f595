import { createRandom } from '@qloom/random/random.ts';

/** Pairs of qubits of a 27-qubit heavy-hex lattice. */
const HEAVY_HEX_27: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 2],
  [1, 4],
  [2, 3],
  [3, 5],
  [4, 7],
  [5, 8],
  [6, 7],
  [7, 10],
  [8, 9],
  [8, 11],
  [10, 12],
  [11, 14],
  [12, 13],
  [12, 15],
  [13, 14],
  [14, 16],
  [15, 18],
  [16, 19],
  [17, 18],
  [18, 21],
  [19, 20],
  [19, 22],
  [21, 23],
  [22, 25],
  [23, 24],
  [24, 25],
  [25, 26],
];

/** What was measured at one time. Lists are by qubit, `czErrors` by pair of {@link EmulatedDevice.coupling}. */
export interface DeviceCalibration {
  /** Milliseconds since the Unix epoch. */
  readonly timeMs: number;
  /** Probability of reading 1 for 0. */
  readonly oneWhenZero: readonly number[];
  /** Probability of reading 0 for 1. */
  readonly zeroWhenOne: readonly number[];
  /** Average error of sx and x. */
  readonly sxErrors: readonly number[];
  /** Average error of cz. */
  readonly czErrors: readonly number[];
  /** Unit: microseconds. */
  readonly t1: readonly number[];
  /** Unit: microseconds. */
  readonly t2: readonly number[];
}

/** A device of the emulator: what does not change, and its calibrations, the oldest first. */
export interface EmulatedDevice {
  readonly name: string;
  readonly qubits: number;
  readonly coupling: readonly (readonly [number, number])[];
  /** Delay before each shot. Unit: seconds. */
  readonly repetitionDelay: number;
  /** Durations of gates, and of `measure`. Unit: seconds. */
  readonly durations: Readonly<Record<string, number>>;
  readonly calibrations: DeviceCalibration[];
}

/** Gates that the device executes on one qubit, on pairs, and only in place of dynamic circuits. */
export const BASIS = { single: ['id', 'rz', 'sx', 'x'], pair: ['cz'], fractional: ['rx', 'rzz'] } as const;

/** A device with a heavy-hex lattice of 27 qubits and one calibration at `timeMs`, with errors like those of Heron processors. */
export function createEmulatedDevice(name: string, timeMs: number, seed: number): EmulatedDevice {
  const random = createRandom(seed).fork(name);
  const around = (median: number, count = 27) =>
    Array.from({ length: count }, () => median * Math.exp(0.4 * random.normal()));
  const first: DeviceCalibration = {
    timeMs,
    oneWhenZero: around(0.01),
    zeroWhenOne: around(0.015),
    sxErrors: around(0.0003),
    czErrors: around(0.003, HEAVY_HEX_27.length),
    t1: around(180),
    t2: around(130),
  };
  return {
    name,
    qubits: 27,
    coupling: HEAVY_HEX_27,
    repetitionDelay: 250e-6,
    durations: { id: 32e-9, sx: 32e-9, x: 32e-9, rx: 32e-9, rz: 0, cz: 88e-9, rzz: 88e-9, measure: 1560e-9 },
    calibrations: [first],
  };
}

/** Adds a calibration at `timeMs`: each figure of the last one times exp(spread·z) with z standard normal. */
export function driftCalibration(device: EmulatedDevice, timeMs: number, spread = 0.2): void {
  const last = device.calibrations[device.calibrations.length - 1];
  const random = createRandom(device.calibrations.length).fork(device.name);
  const moved = (values: readonly number[]) =>
    values.map((value) => Math.min(0.4, value) * Math.exp(spread * random.normal()));
  const times = (values: readonly number[]) => values.map((value) => value * Math.exp(spread * random.normal()));
  device.calibrations.push({
    timeMs,
    oneWhenZero: moved(last.oneWhenZero),
    zeroWhenOne: moved(last.zeroWhenOne),
    sxErrors: moved(last.sxErrors),
    czErrors: moved(last.czErrors),
    t1: times(last.t1),
    t2: times(last.t2),
  });
}

/** The calibration that held at a time: the newest before it, or the oldest. */
export const calibrationAt = ({ calibrations }: EmulatedDevice, timeMs: number): DeviceCalibration =>
  calibrations.findLast((calibration) => calibration.timeMs <= timeMs) ?? calibrations[0];
