import type { TrainingStepsChoice } from '../steps/training-steps.ts';
import type { BackendChoice } from './backend.ts';

/** One way to train, for diagnostics. */
export interface EngineFinding {
  readonly name: string;
  readonly available: boolean;
  readonly selected: boolean;
  /** The version, or why it is not available or not in use. */
  readonly reason: string;
}

/**
 * Diagnostics of a service that trains with TensorFlow.js: compiled steps, where else they could run, and every
 * backend.
 */
export function engineFindings(backend: BackendChoice, compiled: TrainingStepsChoice): EngineFinding[] {
  const { available, reason, steps, provider, providers } = compiled;
  return [
    { name: 'compiled', available, selected: steps !== undefined, reason },
    ...providers
      .filter(({ name }) => name !== 'cpu')
      .map((finding) => ({
        name: `compiled, ${finding.name}`,
        available: finding.available,
        selected: provider === finding.name,
        reason: finding.reason,
      })),
    ...backend.considered.map(({ name, available: here, reason: why }) => ({
      name,
      available: here,
      selected: name === backend.name,
      reason: why,
    })),
  ];
}
