import { status } from '@grpc/grpc-js';
import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { Check } from '../check.ts';
import { inMessages, moved, waysToSplit } from '../shared/changed-points.ts';
import { hyperparameterEffectChecks } from '../shared/hyperparameter-effects.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { type ChangeRow, repeatedCallChecks } from '../shared/repeated-call.ts';
import { smallPoints } from '../shared/small-points.ts';
import { BATCH, type OpenChanges, openCritic, TRAINING } from './critique-call.ts';
import type { CritiqueContext } from './critique-context.ts';

/** What a critique of the checks may change. */
interface CritiqueChanges extends OpenChanges {
  /** Whether a checkpoint is taken between two steps. */
  readonly checkpoint?: boolean;
  /** Whether gradients are requested before the last step. Default: true. */
  readonly gradients?: boolean;
  /** Whether the first update is with other points. */
  readonly otherBatch?: boolean;
}

const STEPS = 4;
const REPETITIONS = 12;
const { count } = TRAINING;
const third = count / 3;
const split = waysToSplit(count)[0].counts;
/** Folds of other critics: a second attempt makes the first one stale. */
const OTHER_FOLD = 50;

/** A critique is a function of its opening and steps: what must not matter, and what must. */
export function critiqueRepeats(context: CritiqueContext, source: string): readonly Check[] {
  const { remote, second, options, objectives, withCritic, space } = context;
  const judge = async (changes: CritiqueChanges, instance: 'first' | 'second'): Promise<string> => {
    const { checkpoint = false, gradients = true, otherBatch = false, ...opening } = changes;
    await objectives();
    return withCritic(
      async (critic) => {
        for (let index = 0; index < STEPS - 1; index++) {
          const x = otherBatch && index === 0 ? BATCH.x.map((value) => value + 1) : BATCH.x;
          await critic.step(index, { wantGradient: gradients }, x);
          if (checkpoint) await critic.checkpoint();
        }
        const { logits, gradient = [] } = await critic.step(STEPS - 1);
        return [...logits, ...gradient].join(' ');
      },
      opening,
      instance === 'first' ? remote : second(),
    );
  };
  const same: ChangeRow<CritiqueChanges>[] = [
    { what: 'its fold', change: { fold: OTHER_FOLD } },
    { what: 'its attempt', change: { fold: OTHER_FOLD, attempt: 3 } },
    { what: 'its episode', change: { episode: 7 } },
    { what: 'its being part of an episode', change: { episode: undefined } },
    { what: 'the name of its study', change: { study: `${options.study.slice(0, 50)}-renamed` } },
    { what: 'checkpoints that are taken', change: { checkpoint: true } },
    { what: 'whether gradients are requested', change: { gradients: false } },
    ...waysToSplit(count).map(({ what, counts }) => ({
      what: `the split of its training points into ${what}`,
      change: { training: inMessages(TRAINING, counts) },
    })),
  ];
  const from = { training: inMessages(TRAINING, split) };
  const different: ChangeRow<CritiqueChanges>[] = [
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
    { what: 'the points that it was updated with', change: { otherBatch: true } },
  ];
  const repeats = repeatedCallChecks<CritiqueChanges>({
    name: 'a critique',
    answer: 'judgement',
    source,
    unchanged: {},
    ask: judge,
    same,
    different,
    others: [
      { seed: 4_000_000_007, fold: OTHER_FOLD + 1, training: inMessages(smallPoints(24, 77), [24]) },
      { fold: OTHER_FOLD + 2, training: inMessages(moved(TRAINING, 0, count, 5), split), checkpoint: true },
      { fold: OTHER_FOLD + 3, otherBatch: true, gradients: false },
    ],
    async mistakes() {
      const critic = await openCritic(remote, options, { fold: OTHER_FOLD + 4 });
      await mustRefuse(critic.step(5), status.FAILED_PRECONDITION);
    },
    repetitions: REPETITIONS,
  });
  const effects = hyperparameterEffectChecks({
    result: 'the judgements of a critic',
    space,
    applied: [],
    resultOf: (hyperparameters: readonly HyperparameterSetting[]) =>
      judge({ hyperparameters: [...hyperparameters], fold: OTHER_FOLD + 5 }, 'first'),
  });
  return [...repeats, ...effects];
}
