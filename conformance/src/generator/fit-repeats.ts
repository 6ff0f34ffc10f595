import { status } from '@grpc/grpc-js';
import type { Check } from '../check.ts';
import { inMessages, moved, waysToSplit } from '../shared/changed-points.ts';
import { unusualSettings } from '../shared/hyperparameter-ranges.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { type ChangeRow, type RepeatedCall, repeatedCallChecks } from '../shared/repeated-call.ts';
import { smallPoints } from '../shared/small-points.ts';
import { type FitChanges, type FitContext, TRAINING } from './fit-context.ts';

/** A change of a fit that is repeated. */
interface RepeatedFit extends FitChanges {
  /** Whether real hyperparameters have values other than their defaults. */
  readonly otherValues?: boolean;
}

/**
 * Folds of fits that differ in the attempt: a critic refuses an attempt below the highest that it has seen for the same study,
 * episode and fold.
 */
const OTHER_FOLD = 40;
const { count } = TRAINING;
const third = count / 3;
const split = waysToSplit(count)[0].counts;

/** A fit is a function of its settings and points: what must not matter, and what must. */
export function fitRepeats(context: FitContext): readonly Check[] {
  const { study } = context.options;
  const identity = { study, episode: 0, fold: 0, attempt: 1 };
  const same: ChangeRow<FitChanges>[] = [
    { what: 'its fold', change: { identity: { ...identity, fold: OTHER_FOLD } } },
    { what: 'its attempt', change: { identity: { ...identity, fold: OTHER_FOLD, attempt: 3 } } },
    { what: 'its episode', change: { identity: { ...identity, episode: 7 } } },
    { what: 'its being part of an episode', change: { identity: { ...identity, episode: undefined } } },
    { what: 'the name of its study', change: { identity: { ...identity, study: `${study.slice(0, 50)}-renamed` } } },
    { what: 'how often checkpoints are sent', change: { checkpointEverySteps: 3 } },
    ...waysToSplit(count).map(({ what, counts }) => ({
      what: `the split of its training points into ${what}`,
      change: { training: inMessages(TRAINING, counts) },
    })),
  ];
  const from = { training: inMessages(TRAINING, split) };
  const different: ChangeRow<FitChanges>[] = [
    {
      what: 'the points of the first message',
      from,
      change: { training: inMessages(moved(TRAINING, 0, third), split) },
    },
    {
      what: 'the points of the last message',
      from,
      change: { training: inMessages(moved(TRAINING, count - third, count), split) },
    },
    {
      what: 'the labels of its points',
      change: {
        training: inMessages({ ...TRAINING, y: TRAINING.y.map((label, i) => (i % 2 ? label : (label + 1) % 3)) }, [
          count,
        ]),
      },
    },
  ];
  const others: RepeatedFit[] = [
    { seed: 4_000_000_007, training: inMessages(smallPoints(24, 77), [24]) },
    { otherValues: true, identity: { ...identity, episode: 5 } },
    { seed: 8, identity: { ...identity, episode: 3 }, training: inMessages(moved(TRAINING, 0, count, 5), split) },
    {
      hyperparameters: [],
      identity: { ...identity, episode: 4 },
      seed: 7,
      training: inMessages(smallPoints(30), [30]),
    },
  ];
  const call: RepeatedCall<RepeatedFit> = {
    name: 'a fit',
    answer: 'model',
    source: 'generator/v1/generator.proto: GeneratorService.Fit, FitIdentity',
    unchanged: {},
    async ask({ otherValues = false, ...change }, instance) {
      const at = instance === 'first' ? context.generator : context.instances.second();
      const given = otherValues
        ? { hyperparameters: unusualSettings(await context.space(), await context.settings()) }
        : {};
      return Buffer.from((await context.fit({ ...given, ...change }, at)).model).toString('base64');
    },
    same,
    different,
    others,
    mistakes: () => mustRefuse(context.fit({ training: [] }), status.INVALID_ARGUMENT),
  };
  return repeatedCallChecks(call);
}
