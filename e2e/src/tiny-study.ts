import { StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';

/** A study that has every stage and takes seconds: 24 labels of the ANNNI chain, fits of 20 steps, two draws. */
export function tinyStudy(episodes = 4): StudySettings {
  return StudySettings.fromPartial({
    seed: 11,
    data: {
      source: { $case: 'task', value: { name: 'annni', settingsJson: JSON.stringify({ spins: 6, shots: 32 }) } },
      labelBudget: 24,
      testSize: 60,
    },
    qnn: { qubits: 2, layers: 2, steps: 30, batchSize: 16 },
    folds: 2,
    qnnSeeds: 1,
    episodes,
    sobolEpisodes: 2,
    batchSize: 2,
    staleness: 1,
    inFlight: 2,
    policy: 'ppo-surrogate',
    space: [
      { name: 'method', fixed: { value: { $case: 'choice', value: 'gan' } } },
      { name: 'gan.steps', fixed: { value: { $case: 'integer', value: 20 } } },
      { name: 'gan.batchSize', fixed: { value: { $case: 'choice', value: '16' } } },
      { name: 'disc.filters', fixed: { value: { $case: 'choice', value: '8' } } },
      { name: 'vae.width', fixed: { value: { $case: 'integer', value: 16 } } },
      { name: 'synthRatio', minimum: 1, maximum: 2 },
    ],
    evaluation: { draws: 2, rivals: ['noise'], rivalEvaluations: 2 },
  });
}
