import { status } from '@grpc/grpc-js';
import { type Check, CheckSkipped, listChecks } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { outOfRange } from '../shared/hyperparameter-ranges.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { askToTheEnd, streamRefusals } from '../shared/stream-refusals.ts';
import type { FitAnswer, FitPart } from './fit-call.ts';
import type { FitContext } from './fit-context.ts';
import { type SamplePart, sample, sampleParts } from './sample-call.ts';

const FIT = 'generator/v1/generator.proto: GeneratorService.Fit';
const SAMPLE = 'generator/v1/generator.proto: GeneratorService.Sample';

/** Checks of the answers to a caller's mistakes. */
export function generatorRefusals(
  context: FitContext,
  fitted: () => Promise<FitAnswer>,
  capabilities: CapabilitiesAnswer,
): readonly Check[] {
  const { generator, options } = context;
  const { deadlineMs } = options;
  const fitStreams = streamRefusals<FitPart>({
    name: 'a fit',
    source: FIT,
    order: { settings: { once: true }, training: { points: true, limit: 'training_points' } },
    capabilities,
    parts: () => context.parts(),
    ask: (parts) => askToTheEnd(generator.fit({ deadlineMs }), parts),
  });
  const sampleStreams = streamRefusals<SamplePart>({
    name: 'a sample',
    source: SAMPLE,
    order: { settings: { once: true }, model: {} },
    capabilities,
    parts: async () => [...sampleParts({ classCounts: [1, 1, 1] }, (await fitted()).model)],
    ask: (parts) => askToTheEnd(generator.sample({ deadlineMs }), parts),
  });
  const fits = listChecks(FIT);

  fits.refusal('an advertised hyperparameter out of its range is INVALID_ARGUMENT', async () => {
    const parameter = (await context.space()).find(({ condition }) => condition === undefined);
    if (parameter === undefined) throw new CheckSkipped('no hyperparameter is advertised without a condition');
    await mustRefuse(context.fit({ hyperparameters: [outOfRange(parameter)] }), status.INVALID_ARGUMENT);
  });

  const samples = listChecks(SAMPLE);
  const refuse = async (parts: Iterable<SamplePart>, ...statuses: readonly status[]) =>
    mustRefuse(sample(generator, parts, deadlineMs), ...statuses);

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
  return [...fitStreams, ...fits.checks, ...sampleStreams, ...samples.checks];
}
