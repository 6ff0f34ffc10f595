import type { Points } from '@qloom/study/points/points.ts';
import { fitCodec } from '../codec.ts';
import { learnedPoints, pointsLearned } from '../learned-points.ts';
import { alignedDomain, domainSource } from '../sampling/domain-source.ts';
import { sampleGated } from '../sampling/sample-gated.ts';
import { GATE_POSTERIOR } from './gate-hyperparameters.ts';
import { type GeneratorMethod, NOTHING_LEARNED, type Unconditional } from './method.ts';

/** Share of the points that come from the source domain; the others are draws of the prior. */
const SOURCE_WEIGHT: Unconditional = {
  name: 'source.weight',
  kind: 'float',
  min: 0.1,
  max: 1,
  scale: 'linear',
  default: 1,
  description: 'Share of the points that come from the source domain; the others are drawn from the prior.',
};

/** Share of the James–Stein shift. */
const SOURCE_SHIFT: Unconditional = {
  name: 'source.shift',
  kind: 'float',
  min: 0,
  max: 1,
  scale: 'linear',
  default: 0.5,
  description:
    'How far source points move towards the class means of the labelled points, as a share of the James-Stein estimate of the difference.',
};

/**
 * Points of a source domain, a cheaper relative of the task: moved towards the class means of the training points as far as
 * these are known (`alignClasses`), limited, and measured with the data's shots unless they were.
 */
export const simulator: GeneratorMethod = {
  description: 'Points of a cheaper relative of the task, aligned class by class to the labelled points.',
  baseline: true,
  needs: ['source'],
  classDensity: false,
  critic: false,
  continues: false,
  strength: false,
  hyperparameters: [SOURCE_WEIGHT, SOURCE_SHIFT, GATE_POSTERIOR],
  async fit({ settings, data, source }) {
    const domain = source as Points;
    const content = {
      weight: Number(settings.own[SOURCE_WEIGHT.name]),
      shift: Number(settings.own[SOURCE_SHIFT.name]),
    };
    const { weight } = alignedDomain(fitCodec(data), data.points, domain, content.shift);
    return { ...NOTHING_LEARNED, learned: learnedPoints(domain, content), values: { 'source.shift': weight } };
  },
  sample: sampleGated((model) => {
    const domain = pointsLearned(model);
    const { weight, shift } = model.learned?.content ?? {};
    return domainSource(model.training, domain, { weight: Number(weight), shift: Number(shift) });
  }),
};
