import { createRandom } from '@qloom/random/random.ts';

/** All seeds of a study, each a function of only the study's seed and a label: 32 bits each. */
export interface StudySeeds {
  /** Seed of the study's own labels, test set and splits. */
  readonly data: number;
  /** Seed of all randomness of an episode. */
  episode(episode: number): number;
  /** Trainings of the QNN; the same for every episode and arm, so that differences are paired. */
  qnn(count: number): number[];
  /** Trainings of the QNN on the outer folds: new ones. */
  outerQnn(count: number): number[];
  /** Fit, sampling or draw of a job of the final evaluation. */
  job(name: string, what: 'fit' | 'sample' | 'draw' | 'qnn' | 'assess'): number;
  /** Seed of the policy, a text. */
  readonly policy: number;
}

/** The seeds of a study. */
export function createSeeds(seed: number): StudySeeds {
  const random = createRandom(`study/${seed}`);
  const many = (label: string, count: number) =>
    Array.from({ length: count }, (_, i) => random.seedFor(`${label}/${i}`));
  return {
    data: random.seedFor('data'),
    episode: (episode) => random.seedFor(`episode/${episode}`),
    qnn: (count) => many('qnn', count),
    outerQnn: (count) => many('outer-qnn', count),
    job: (name, what) => random.seedFor(`unit/${name}/${what}`),
    policy: random.seedFor('policy'),
  };
}
