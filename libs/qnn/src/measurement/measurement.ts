import type { QnnProblem } from '../model/qnn-problem.ts';

/** Ways to compute gradients. */
export const GRADIENT_METHODS = ['adjoint', 'parameter-shift'] as const;

/** One of {@link GRADIENT_METHODS}. */
export type GradientMethod = (typeof GRADIENT_METHODS)[number];

/** Noise after every gate on each of its qubits, and readout errors. Probabilities; absent ones are 0. */
export interface CircuitNoise {
  /** Probability of a Pauli error: X, Y or Z with equal probability. */
  readonly depolarizing?: number;
  /** |1⟩ decays to |0⟩. */
  readonly amplitudeDamping?: number;
  /** Probability of a wrong readout, the same for 0 and 1. */
  readonly readoutError?: number;
  /** Number of trajectories per expectation if depolarizing noise is sampled, 1 to 4096. Default 8. */
  readonly trajectories?: number;
}

/** How expectations of a circuit are computed. All absent: exactly, with gradients by the adjoint method. */
export interface Measurement {
  /** Measurements of each Pauli string, 1 to 1,000,000. Default: expectations are exact. */
  readonly shots?: number;
  readonly noise?: CircuitNoise;
  /** Default: 'adjoint' if it is exact or unbiased, else 'parameter-shift'. */
  readonly gradient?: GradientMethod;
}

/** Default number of trajectories. */
export const DEFAULT_TRAJECTORIES = 8;

/** Maximum number of shots of a Pauli string. */
const MAX_SHOTS = 1_000_000;

/** Maximum number of qubits of a density matrix; see noise/density-matrix.ts of @qloom/quantum. */
const DENSITY_QUBITS = 8;

/**
 * How expectations are computed:
 * - `engine`: the engine alone, exactly; gradients by adjoint.
 * - `trajectories`: Pauli errors are sampled, an engine runs them as one batch, gradients by adjoint. Unbiased.
 * - `shifts`: an engine runs shifted circuits; with shots, each Pauli string's outcomes are sampled from its
 *   expectation.
 * - `density`: a density matrix, exactly, and shifted circuits; with shots likewise.
 */
export type MeasurementRoute = 'engine' | 'trajectories' | 'shifts' | 'density';

/** The route of a measurement that {@link measurementProblems} accepts. */
export function measurementRoute({ shots = 0, noise = {}, gradient }: Measurement): MeasurementRoute {
  const { depolarizing = 0, amplitudeDamping = 0 } = noise;
  if (amplitudeDamping > 0) return 'density';
  if (depolarizing > 0) return shots > 0 || gradient === 'parameter-shift' ? 'density' : 'trajectories';
  return shots > 0 || gradient === 'parameter-shift' ? 'shifts' : 'engine';
}

/** The name of the simulator in reports: the engine, or `density-matrix`, which does not use an engine. */
export const executorOf = (engine: string, measurement: Measurement): string =>
  measurementRoute(measurement) === 'density' ? 'density-matrix' : engine;

/** What is wrong with a measurement, including unsupported combinations. `qubits` if known. */
export function measurementProblems(measurement: Measurement, qubits?: number): QnnProblem[] {
  const { shots = 0, noise = {}, gradient } = measurement;
  const problems: QnnProblem[] = [];
  const say = (field: string, message: string) => problems.push({ field, message });
  if (!Number.isInteger(shots) || shots < 0 || shots > MAX_SHOTS) {
    say('shots', `${shots} is not an integer from 0 (exact) to ${MAX_SHOTS}`);
  }
  for (const name of ['depolarizing', 'amplitudeDamping', 'readoutError'] as const) {
    const value = noise[name] ?? 0;
    if (!(value >= 0 && value <= 1)) say(`noise.${name}`, `${value} is not a number from 0 to 1`);
  }
  const { trajectories = DEFAULT_TRAJECTORIES } = noise;
  if (!Number.isInteger(trajectories) || trajectories < 1 || trajectories > 4096) {
    say('noise.trajectories', `${trajectories} is not an integer from 1 to 4096`);
  }
  if (problems.length > 0) return problems;
  if (gradient === 'adjoint' && shots > 0) {
    say('gradient', "'adjoint' needs exact expectations, and there are shots; right would be 'parameter-shift'");
  }
  if (gradient === 'adjoint' && (noise.amplitudeDamping ?? 0) > 0) {
    const right = "right would be 'parameter-shift', or depolarizing noise alone";
    say('gradient', `'adjoint' is biased under amplitude damping, whose jumps depend on the parameters; ${right}`);
  }
  if (qubits !== undefined && qubits > DENSITY_QUBITS && measurementRoute(measurement) === 'density') {
    const right = "right would be depolarizing noise without shots and gradient 'adjoint', by trajectories";
    say('noise', `needs a density matrix, at most ${DENSITY_QUBITS} qubits, and there are ${qubits}; ${right}`);
  }
  return problems;
}
