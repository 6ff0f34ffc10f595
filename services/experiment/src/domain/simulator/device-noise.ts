import type { NoiseModel, NoiseRule } from '@qloom/quantum/noise/noise-model.ts';
import type { Calibration } from '../backend/backend.ts';
import type { GateTimes } from './calibration.ts';

/**
 * - `exact`: relaxation as amplitude and phase damping, which need a density matrix
 * - `twirled`: relaxation as Pauli errors, which trajectories can sample: depolarizing and phase flips with the same decay of
 *   populations, and of coherences where T2 ≤ T1; where T2 > T1 coherences decay as with T2 = T1
 */
export type Relaxation = 'exact' | 'twirled';

/** What the noise of a device is computed from. */
export interface DeviceNoise {
  readonly calibration: Calibration;
  /** Pairs in the order of `calibration.couplingErrors`. */
  readonly coupling: readonly (readonly [number, number])[];
  readonly gateTimes: GateTimes;
}

/**
 * The noise of a device with this calibration, for a circuit of `qubits` qubits, its first ones. After each gate come
 * depolarizing noise with the gate's average error r, and relaxation over the gate's time. With the probability p of any Pauli
 * error the average error is r = p·d/(d + 1) in dimension d (Nielsen, "A simple formula for the average gate fidelity", 2002),
 * so that p = 3r/2 for one qubit and p = 5r/4 for two. A pair without coupling has the mean error of those with one.
 */
export function deviceNoise(
  { calibration, coupling, gateTimes }: DeviceNoise,
  qubits: number,
  relaxation: Relaxation,
): NoiseModel {
  const { readoutErrors, gateErrors, couplingErrors, t1, t2 } = calibration;
  const rules: NoiseRule[] = [];
  for (let qubit = 0; qubit < qubits; qubit++) {
    const on = { qubits: [qubit] };
    add(rules, { channel: { kind: 'depolarizing', probability: clip(1.5 * gateErrors[qubit]) }, gateQubits: 1, ...on });
    for (const [gateQubits, seconds] of [
      [1, gateTimes.oneQubit],
      [2, gateTimes.twoQubit],
    ] as const) {
      for (const channel of relaxationChannels(seconds, t1[qubit], t2[qubit], relaxation))
        add(rules, { channel, gateQubits, ...on });
    }
  }
  const mean =
    couplingErrors.length === 0 ? 0 : couplingErrors.reduce((sum, error) => sum + error, 0) / couplingErrors.length;
  const errors = new Map(coupling.map(([a, b], i) => [pairOf(a, b), couplingErrors[i]]));
  for (let a = 0; a < qubits; a++) {
    for (let b = a + 1; b < qubits; b++) {
      const probability = clip(1.25 * (errors.get(pairOf(a, b)) ?? mean));
      add(rules, { channel: { kind: 'two-qubit-depolarizing', probability }, qubits: [a, b] });
    }
  }
  const readout = readoutErrors.slice(0, qubits).map((error) => ({ oneWhenZero: error, zeroWhenOne: error }));
  return { rules, readout };
}

const pairOf = (a: number, b: number): string => `${Math.min(a, b)},${Math.max(a, b)}`;
const clip = (probability: number): number => Math.min(1, probability);

function add(rules: NoiseRule[], rule: NoiseRule): void {
  const strength = 'gamma' in rule.channel ? rule.channel.gamma : rule.channel.probability;
  if (strength > 0) rules.push(rule);
}

/** Channels after which populations have decayed by e^(−t/T1) and, as {@link Relaxation} says, coherences by e^(−t/T2). */
function relaxationChannels(seconds: number, t1: number, t2: number, relaxation: Relaxation): NoiseRule['channel'][] {
  const gamma = -Math.expm1(-seconds / t1);
  if (relaxation === 'exact') {
    return [
      { kind: 'amplitude-damping', gamma },
      { kind: 'phase-damping', gamma: Math.max(0, -Math.expm1((-2 * seconds) / t2 + seconds / t1)) },
    ];
  }
  return [
    { kind: 'depolarizing', probability: 0.75 * gamma },
    { kind: 'phase-flip', probability: Math.max(0, -Math.expm1(-seconds / t2 + seconds / t1) / 2) },
  ];
}
