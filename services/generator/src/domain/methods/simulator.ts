import { alignClasses } from '@qloom/datasets/prior/align-classes.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { fitCodec } from '../codec.ts';
import { learnedPoints, pointsLearned } from '../learned-points.ts';
import { domainSource } from '../sampling/domain-source.ts';
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

/**
 * Points of a source domain, a cheaper relative of the task: moved towards the class means of the training points as far as
 * these are known (`alignClasses`), limited, and measured with the data's shots unless they were.
 */
export const simulator: GeneratorMethod = {
  description: 'Points of a cheaper relative of the task, aligned class by class to the labelled points.',
  baseline: true,
  needs: ['source'],
  critic: false,
  strength: false,
  hyperparameters: [SOURCE_WEIGHT, GATE_POSTERIOR],
  async fit({ settings, data, source }) {
    const codec = fitCodec(data);
    const inChannels = (points: Points): Points => ({
      ...points,
      features: codec.channels,
      x: codec.encode(points).data,
    });
    const { weight } = alignClasses(inChannels(source as Points), inChannels(data.points));
    return {
      ...NOTHING_LEARNED,
      learned: learnedPoints(source as Points, { share: Number(settings.own[SOURCE_WEIGHT.name]) }),
      values: { 'source.shift': weight },
    };
  },
  sample: sampleGated((model) => {
    const share = Number(model.learned?.content['share']);
    return domainSource(model.training, pointsLearned(model), share);
  }),
};
