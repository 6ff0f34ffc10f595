import { type GeneratorMethod, NOTHING_LEARNED } from './method.ts';

/** No synthetic points, whatever the request. */
export const none: GeneratorMethod = {
  description: 'No synthetic points.',
  baseline: false,
  needs: [],
  classDensity: false,
  critic: false,
  continues: false,
  strength: false,
  hyperparameters: [],
  fit: async () => NOTHING_LEARNED,
  async *sample() {},
};
