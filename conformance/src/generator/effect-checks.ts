import type { Check } from '../check.ts';
import { hyperparameterEffectChecks } from '../shared/hyperparameter-effects.ts';
import { SMALL_DATA } from '../shared/small-points.ts';
import { fit } from './fit-call.ts';
import type { FitContext } from './fit-context.ts';
import { sample, sampleParts } from './sample-call.ts';
import { SOURCES } from './source-checks.ts';

/** Applied by the clients of a generator, which compute class counts from it. */
const SYNTH_RATIO = 'synthRatio';
/** Shots of the features, which methods may need. */
const SHOTS = 1000;

/** Checks that hyperparameters change what is sampled. */
export function generatorEffectChecks(context: FitContext): readonly Check[] {
  const { generator, options } = context;
  return hyperparameterEffectChecks({
    result: 'the points of a sample',
    space: context.space,
    applied: [SYNTH_RATIO],
    async resultOf(hyperparameters) {
      const { methods } = await generator.getCapabilities({});
      const data = { ...SMALL_DATA, shots: methods.length > 0 ? SHOTS : 0 };
      const parts = await context.parts({ hyperparameters: [...hyperparameters], data });
      // Methods that need points beyond the labels get them; the others do not use them.
      const { model } = await fit(generator, [...parts, ...(methods.length > 0 ? SOURCES : [])], options.deadlineMs);
      const { points, summary } = await sample(
        generator,
        sampleParts({ seed: 3, classCounts: [9, 9, 9] }, model),
        options.deadlineMs,
      );
      return [summary.drawn, summary.forced, ...points.x].join(' ');
    },
  });
}
