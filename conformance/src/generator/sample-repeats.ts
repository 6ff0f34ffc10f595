import { status } from '@grpc/grpc-js';
import type { SampleSettings } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { type Check, sharedAnswer } from '../check.ts';
import { inMessages } from '../shared/changed-points.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { type ChangeRow, repeatedCallChecks } from '../shared/repeated-call.ts';
import { smallPoints } from '../shared/small-points.ts';
import type { FitAnswer } from './fit-call.ts';
import type { FitContext } from './fit-context.ts';
import { sample, sampleParts } from './sample-call.ts';

/** What a sampling of the checks may change. */
interface SampleChanges extends Partial<SampleSettings> {
  /** Whether the model of another fit is sampled. */
  readonly otherModel?: boolean;
  /** Pieces in which the model is sent. Default: pieces of 1 MiB. */
  readonly pieces?: number;
}

/** Pairs of seeds that a service takes for the same if it reads less than all 32 bits of one, or takes 0 for none. */
const SEEDS: readonly (readonly [string, number, number])[] = [
  ['its seed', 3, 4],
  ['a seed of 0', 0, 1],
  ['the upper half of its seed', 3, 3 + 2 ** 16],
  ['the highest bit of its seed', 3, 3 + 2 ** 31],
  ['a seed of all bits', 2 ** 32 - 1, 2 ** 31 - 1],
];
const SEED = 3;
const CLASS_COUNTS = [7, 0, 12];
/** More than a cache, a pool or a wrapping counter of an implementation is likely to hold. */
const REPETITIONS = 64;

/** A sampling is a function of the model and its settings: what must not matter, and what must. */
export function sampleRepeats(context: FitContext, fitted: () => Promise<FitAnswer>): readonly Check[] {
  const { generator, instances, options } = context;
  const otherModel = sharedAnswer('another fit', () =>
    context.fit({ training: inMessages(smallPoints(24, 77), [24]) }),
  );
  const different: ChangeRow<SampleChanges>[] = [
    ...SEEDS.map(([what, from, seed]) => ({ what, change: { seed }, from: { seed: from } })),
    { what: 'the model', change: { otherModel: true } },
  ];
  const refused = { classCounts: [1, 1, 1, 1, 1] };
  return repeatedCallChecks<SampleChanges>({
    name: 'a sample',
    answer: 'points',
    source: 'generator/v1/generator.proto: GeneratorService.Sample',
    unchanged: {},
    async ask({ otherModel: other, pieces = 1, ...settings }, instance) {
      const { model } = await (other ? otherModel() : fitted());
      const size = pieces === 1 ? undefined : Math.ceil(model.byteLength / pieces);
      const parts = sampleParts({ seed: SEED, classCounts: CLASS_COUNTS, ...settings }, model, size);
      const { points } = await sample(instance === 'first' ? generator : instances.second(), parts, options.deadlineMs);
      return [...points.y, ...points.x].join(' ');
    },
    same: [{ what: 'the pieces in which the model is sent', change: { pieces: 40 } }],
    different,
    others: [
      { seed: 5, classCounts: [1, 2, 3], ungated: true },
      { seed: 6, classCounts: [2, 2, 2], otherModel: true },
      { seed: 7 },
    ],
    async mistakes() {
      const parts = sampleParts(refused, (await fitted()).model);
      await mustRefuse(sample(generator, parts, options.deadlineMs), status.INVALID_ARGUMENT);
    },
    repetitions: REPETITIONS,
  });
}
