import type { Unconditional } from './method.ts';

/** The hyperparameter of the gate, for the methods whose samples pass it: listing it makes Fit fit the gate. */
export const GATE_POSTERIOR: Unconditional = {
  name: 'gate.posterior',
  kind: 'float',
  min: 0,
  max: 0.9,
  scale: 'linear',
  default: 0.5,
  description:
    'Least probability of its class that the teacher, fitted to the training points, must give a synthetic point; 0 does not judge labels.',
};
