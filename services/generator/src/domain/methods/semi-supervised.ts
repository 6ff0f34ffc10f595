import type { UnlabelledPoints } from '@qloom/study/points/points.ts';
import { concatenateRows } from '@qloom/study/points/rows.ts';
import { learnedPoints, pointsLearned } from '../learned-points.ts';
import { priorSource } from '../sampling/prior-source.ts';
import { sampleGated } from '../sampling/sample-gated.ts';
import { labelPoints } from '../training/label-points.ts';
import { GATE_POSTERIOR } from './gate-hyperparameters.ts';
import { type GeneratorMethod, NOTHING_LEARNED } from './method.ts';
import { PRIOR_RHO } from './prior-hyperparameters.ts';

/**
 * The prior, fitted to the training points and to unlabelled points with the labels that the teacher of the training points
 * gives them with more than `gate.posterior` (self-training with hard labels): many more rows for the class means, the covariance and the kernels.
 */
export const semiSupervised: GeneratorMethod = {
  description: 'The prior, fitted to labelled points and to unlabelled ones that a teacher labels.',
  baseline: true,
  needs: ['unlabelled'],
  classDensity: true,
  critic: false,
  continues: false,
  strength: false,
  hyperparameters: [PRIOR_RHO, GATE_POSTERIOR],
  async fit(options) {
    const { settings, unlabelled } = options;
    const labelled = await labelPoints(
      unlabelled as UnlabelledPoints,
      options,
      Number(settings.own[GATE_POSTERIOR.name]),
    );
    // With this many rows the covariance is known well enough to draw from it alone.
    const given = settings.own[PRIOR_RHO.name];
    const rho = given === 'auto' ? 0 : Number(given);
    return {
      ...NOTHING_LEARNED,
      learned: learnedPoints(labelled, { rho }),
      values: { 'unlabelled.used': labelled.count },
    };
  },
  sample: sampleGated((model) => {
    const { group: _, ...own } = model.training.points;
    const rho = Number(model.learned?.content['rho']);
    return priorSource(model.training, rho, concatenateRows([own, pointsLearned(model)]));
  }),
};
