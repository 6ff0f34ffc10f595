import { status } from '@grpc/grpc-js';
import { type Check, CheckSkipped, listChecks } from '../check.ts';
import { outOfRange } from '../shared/hyperparameter-ranges.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { byteShort, labelOutOfRange } from '../shared/small-points.ts';
import { type FitAnswer, type FitPart, fit } from './fit-call.ts';
import { type FitContext, TRAINING } from './fit-context.ts';
import { type SamplePart, sample, sampleParts } from './sample-call.ts';

/** Checks of what a caller's mistakes are answered with. */
export function generatorRefusals(context: FitContext, fitted: () => Promise<FitAnswer>): readonly Check[] {
  const { generator, options } = context;
  const fits = listChecks('generator/v1/generator.proto: GeneratorService.Fit');
  const refuseFit = async (change: (parts: readonly FitPart[]) => readonly FitPart[]) =>
    mustRefuse(fit(generator, change(await context.parts()), options.deadlineMs), status.INVALID_ARGUMENT);

  fits.refusal('a fit without settings is INVALID_ARGUMENT', () => refuseFit(([, training]) => [training]));
  fits.refusal('a fit without training points is INVALID_ARGUMENT', () => refuseFit(([settings]) => [settings]));
  fits.refusal('training points before settings are INVALID_ARGUMENT', () =>
    refuseFit(([settings, training]) => [training, settings]),
  );
  fits.refusal('training points whose byte length is not that of their shape are INVALID_ARGUMENT', () =>
    refuseFit(([settings]) => [settings, { $case: 'training', value: byteShort(TRAINING) }]),
  );
  fits.refusal('a training label out of range is INVALID_ARGUMENT', () =>
    refuseFit(([settings]) => [settings, { $case: 'training', value: labelOutOfRange(TRAINING) }]),
  );
  fits.refusal('an advertised hyperparameter out of its range is INVALID_ARGUMENT', async () => {
    const parameter = (await context.space()).find(({ condition }) => condition === undefined);
    if (parameter === undefined) throw new CheckSkipped('no hyperparameter is advertised without a condition');
    await mustRefuse(context.fit({ hyperparameters: [outOfRange(parameter)] }), status.INVALID_ARGUMENT);
  });

  const samples = listChecks('generator/v1/generator.proto: GeneratorService.Sample');
  const refuse = async (parts: Iterable<SamplePart>, ...statuses: readonly status[]) =>
    mustRefuse(sample(generator, parts, options.deadlineMs), ...statuses);

  samples.refusal('a sample without settings is INVALID_ARGUMENT', async () => {
    const [, ...model] = sampleParts({}, (await fitted()).model);
    await refuse(model, status.INVALID_ARGUMENT);
  });
  samples.refusal('a sample without a model is INVALID_ARGUMENT', async () => {
    const [settings] = sampleParts({ classCounts: [1, 1, 1] }, new Uint8Array(1));
    await refuse([settings], status.INVALID_ARGUMENT);
  });
  samples.refusal('a model that is none is INVALID_ARGUMENT', () =>
    refuse(sampleParts({ classCounts: [1, 1, 1] }, Buffer.from('no model')), status.INVALID_ARGUMENT),
  );
  samples.refusal('counts for more classes than the model has are INVALID_ARGUMENT', async () =>
    refuse(sampleParts({ classCounts: [1, 1, 1, 1] }, (await fitted()).model), status.INVALID_ARGUMENT),
  );
  samples.refusal('a model that does not match its SHA-256 is DATA_LOSS', async () => {
    const parts = [...sampleParts({ classCounts: [1, 1, 1] }, (await fitted()).model)];
    const broken = parts.map((part): SamplePart => {
      return part.$case === 'model' ? { ...part, value: { ...part.value, sha256: '0'.repeat(64) } } : part;
    });
    await refuse(broken, status.DATA_LOSS);
  });
  return [...fits.checks, ...samples.checks];
}
