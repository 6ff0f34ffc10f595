/** The study file of `tinyStudy`: it has every stage, and takes seconds. */
export const TINY_STUDY = `name: tiny
seed: 11
data:
  task: annni
  settings: { spins: 6, shots: 32 }
  labels: 24
  test: 60
qnn: { qubits: 2, layers: 2, steps: 30, batch: 16 }
folds: 2
qnnSeeds: 1
episodes: 4
sobol: 2
batch: 2
staleness: 1
inFlight: 2
policy: ppo-surrogate
space:
  method: gan
  gan.steps: 20
  gan.batchSize: '16'
  disc.filters: '8'
  vae.width: 16
  synthRatio: { min: 1, max: 2 }
evaluation: { draws: 2, rivals: [noise], rivalEvaluations: 2 }
`;

/** The same for any generator: without the names of hyperparameters and of methods that it may not offer. */
export const TINY_STUDY_OF_ANY_GENERATOR = TINY_STUDY.replace(/space:\n( {2}.*\n)+/, '').replace(
  ' rivals: [noise],',
  '',
);
