import { type Iterate, largestComponent } from '@qloom/metrics/minimization/search.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Engine } from '../engine/engine.ts';
import { minimizeAdam } from './adam-minimizer.ts';
import { minimizeLbfgs } from './lbfgs-minimizer.ts';
import type { Objective } from './objective.ts';

/** Optimizers of {@link minimizeEnergy}. */
export const OPTIMIZERS = ['l-bfgs', 'adam'] as const;

/** One of {@link OPTIMIZERS}. */
export type OptimizerName = (typeof OPTIMIZERS)[number];

/** Settings of the search for the lowest energy. */
export interface MinimizeSettings {
  /** Default 'l-bfgs'. */
  readonly optimizer: OptimizerName;
  /** Number of random starts, of which the best result is kept. Default 5. */
  readonly restarts: number;
  /** Maximum number of steps per start. Default 1000. */
  readonly steps: number;
  /** A start ends when the largest component of the gradient is below this. Default 1e-6. */
  readonly gradientTolerance: number;
  /** Adam's learning rate. Default 0.05. */
  readonly learningRate: number;
}

/** Default settings. */
export const DEFAULT_MINIMIZE: MinimizeSettings = {
  optimizer: 'l-bfgs',
  restarts: 5,
  steps: 1000,
  gradientTolerance: 1e-6,
  learningRate: 0.05,
};

/** Progress of a search. */
export interface EnergyProgress {
  /** The start, from 0. */
  readonly restart: number;
  /** Number of steps in this start. */
  readonly step: number;
  readonly energy: number;
  /** Largest component of the gradient. */
  readonly gradientNorm: number;
}

/** The best of all starts. */
export interface LowestEnergy {
  readonly energy: number;
  readonly parameters: Float64Array;
  /** Largest component of the gradient there. */
  readonly gradientNorm: number;
  /** Whether that is below the tolerance. */
  readonly converged: boolean;
  /** Number of gradients computed in all starts. */
  readonly evaluations: number;
}

/** Context of {@link minimizeEnergy}. */
export interface MinimizeOptions {
  /** Should be float64: in float32, gradients do not fall below about 1e-5. */
  readonly engine: Engine;
  /** Without inputs. */
  readonly circuit: Circuit;
  readonly hamiltonian: Observable;
  readonly settings?: Partial<MinimizeSettings>;
  readonly random: Random;
  /** Called after every step of a start; it may throw to end the search. */
  readonly onProgress?: (progress: EnergyProgress) => void | Promise<void>;
}

/** Standard deviation of the first start's parameters; further starts are uniform over a turn. */
const NEAR_ZERO = 0.1;

/**
 * The variational quantum eigensolver (Peruzzo et al., arXiv:1304.3061): minimizes ⟨H⟩ over the circuit's parameters
 * from several starts. The first start is near zero, where a Hamiltonian-variational circuit is near its reference
 * state. Throws CircuitError if circuit or Hamiltonian do not fit.
 */
export async function minimizeEnergy(options: MinimizeOptions): Promise<LowestEnergy> {
  const { engine, circuit, hamiltonian, random, onProgress } = options;
  const settings = { ...DEFAULT_MINIMIZE, ...options.settings };
  if (circuit.inputs > 0) {
    throw new CircuitError(`circuit: has ${circuit.inputs} inputs; a circuit to minimize over has none`);
  }
  if (circuit.parameters.length === 0) throw new CircuitError('circuit: has no parameters; at least one is right');
  const compiled = await engine.compile(circuit, [hamiltonian]);
  const one = Float64Array.of(1);
  const none = new Float64Array(0);
  let evaluations = 0;
  const objective: Objective = async (point) => {
    evaluations++;
    const batch = { sets: 1, parameters: point, rows: 1, inputs: none };
    const { expectations, parameters } = await compiled.adjoint(batch, one);
    return { value: expectations[0], gradient: parameters.slice() };
  };
  let best: Iterate | undefined;
  for (let restart = 0; restart < settings.restarts; restart++) {
    const draws = random.fork(restart);
    const start = Float64Array.from(circuit.parameters, () =>
      restart === 0 ? NEAR_ZERO * draws.normal() : Math.PI * (2 * draws.uniform() - 1),
    );
    const afterStep = ({ step, value, gradient }: Iterate) =>
      onProgress?.({ restart, step, energy: value, gradientNorm: largestComponent(gradient) });
    const { optimizer } = settings;
    const run = optimizer === 'adam' ? minimizeAdam : minimizeLbfgs;
    const end = await run(objective, start, { ...settings, afterStep });
    if (best === undefined || end.value < best.value) best = end;
    if (circuit.parameters.length === 0) break;
  }
  if (best === undefined) throw new CircuitError(`restarts: ${settings.restarts}; at least 1 is right`);
  const gradientNorm = largestComponent(best.gradient);
  return {
    energy: best.value,
    parameters: best.point,
    gradientNorm,
    converged: gradientNorm <= settings.gradientTolerance,
    evaluations,
  };
}
