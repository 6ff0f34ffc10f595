import { status } from '@grpc/grpc-js';
import { type Check, type CheckList, listChecks, must } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { FOREIGN_SETTING } from '../shared/hyperparameter-ranges.ts';
import { requireNamedValues } from '../shared/received.ts';
import type { SuiteOptions } from '../suite.ts';
import { BATCH, type Critic, type CritiqueRemote, type Judgement, openCritic } from './critique-call.ts';
import { type CritiqueContext, createCritiqueContext } from './critique-context.ts';
import { critiqueRefusals } from './critique-refusals.ts';
import { critiqueRepeats } from './critique-repeats.ts';
import { gradientChecks } from './gradient-checks.ts';

/** A separate fold, because a second attempt makes the first one stale. */
const RESUMED_FOLD = 1;
const RESUMED_ELSEWHERE_FOLD = 3;
const DISTANT_FOLD = 4;
/** Distance from the training points, which are about four wide, and updates after which a critic has to see it. */
const DISTANCE = 6;
const DISTANT_STEPS = 60;
/** Rows that lie far away, so that a reader of the rows in reverse or of columns has most pairs of a near and a far one wrong. */
const FAR_ROWS: readonly number[] = [0, 1, 5, 6];

const SOURCE = 'discriminator/v1/discriminator.proto: DiscriminatorService.Critique';

/** Checks of Critique. */
export function critiqueChecks(
  instances: { readonly first: CritiqueRemote; second(): CritiqueRemote },
  options: SuiteOptions,
  capabilities: CapabilitiesAnswer,
): readonly Check[] {
  const list = listChecks(SOURCE);
  const context = createCritiqueContext(instances, options, capabilities);
  lifeCycle(list, context);
  learning(list, context);
  return [
    ...list.checks,
    ...gradientChecks(context, SOURCE),
    ...critiqueRepeats(context, SOURCE),
    ...critiqueRefusals(context, SOURCE, capabilities),
  ];
}

function lifeCycle(
  list: CheckList,
  { remote, options, hyperparameters, objectives, withCritic }: CritiqueContext,
): void {
  list.promise('start is answered with opened: next index 0, and the objectives', async () => {
    const names = await objectives();
    must(names.length > 0, 'the critic knows no objective', 'at least one, such as "adversarial"');
    must(new Set(names).size === names.length, `the objectives are ${names.join(', ')}`, 'each once');
    await withCritic(async ({ opened: { nextIndex } }) => {
      must(nextIndex === 0, `the next index is ${nextIndex}`, '0, for it was not resumed');
    });
  });

  list.promise('a step is answered with a logit for each point and a loss for each objective', async () => {
    const names = await objectives();
    const { losses } = await withCritic((critic) => critic.step(0));
    for (const name of names) {
      must(losses.has(name), `the losses are ${[...losses.keys()].join(', ')}`, `${name} among them`);
    }
  });

  list.promise('the gradient comes where it was wanted, and only there', async () => {
    await withCritic(async (critic) => {
      const wanted = await critic.step(0, { wantGradient: true });
      must(wanted.gradient !== undefined, 'the gradient is absent though it was wanted', 'float32, [batch, features]');
      const unwanted = await critic.step(1, { wantGradient: false });
      must(unwanted.gradient === undefined, 'a gradient came that was not wanted', 'none');
    });
  });

  list.promise('close is answered with closed, the steps judged, and the end of the stream', async () => {
    await withCritic(async (critic) => {
      for (let index = 0; index < 3; index++) await critic.step(index);
      const { steps, summary } = await critic.close();
      must(steps === 3, `closed says ${steps} steps`, '3');
      requireNamedValues(summary, 'closed.summary');
    });
  });

  list.promise('hyperparameters that the critic does not offer are ignored', async () => {
    const given = [...(await hyperparameters()), FOREIGN_SETTING];
    await withCritic((critic) => critic.step(0), { hyperparameters: given });
  });

  list.promise('critics that are cancelled one after the other make room for the next', async () => {
    await objectives();
    for (let fold = 10; fold < 30; fold++) {
      const critic = await openCritic(remote, options, { fold });
      const judged = critic.step(0).catch(({ code }) => must(code === status.CANCELLED, `status ${code}`, 'CANCELLED'));
      critic.cancel();
      await judged;
    }
    await withCritic((critic) => critic.step(0), { fold: 30 });
  });
}

function learning(list: CheckList, { remote, second, withCritic }: CritiqueContext): void {
  const judge = (critic: Critic, steps: number, first = 0, update = true) =>
    inTurn(steps, (i) => critic.step(first + i, { update }));

  list.promise('the same seed, points and steps give the same answers', async () => {
    const [one, other] = await inTurn(2, () => withCritic((critic) => judge(critic, 4)));
    requireSame(one, other, 'opened again with the same seed');
  });

  list.promise('a critic that is not updated does not change: the same points have the same logits', async () => {
    const judged = await withCritic((critic) => judge(critic, 4, 0, false));
    for (const { logits } of judged.slice(1)) {
      const same = sameBits(logits, judged[0].logits);
      must(same, `update=false: logits ${[...judged[0].logits]} became ${[...logits]}`, 'the very same');
    }
  });

  list.promise('a critic that is updated learns: the same points have other logits', async () => {
    const judged = await withCritic((critic) => judge(critic, 6));
    const learnt = !sameBits(judged[0].logits, judged[5].logits);
    must(learnt, 'update=true five times: the logits are the same', 'a critic that learns from its batches');
  });

  const resumed: readonly [string, number, () => CritiqueRemote][] = [
    ['on another stream', RESUMED_FOLD, () => remote],
    ['at a second instance', RESUMED_ELSEWHERE_FOLD, second],
  ];
  for (const [where, fold, at] of resumed) {
    list.promise(`a critic resumed ${where} gives the answers of the one that went on`, async () => {
      const other = at();
      const { state, expected } = await withCritic(
        async (critic) => {
          await judge(critic, 3);
          return { state: await critic.checkpoint(), expected: await judge(critic, 2, 3) };
        },
        { fold },
      );
      await withCritic(
        async (critic) => {
          const { nextIndex } = critic.opened;
          must(nextIndex === 3, `resumed at index ${nextIndex}`, '3, the step that the checkpoint was taken at');
          requireSame(expected, await judge(critic, 2, 3), 'resumed from the checkpoint');
        },
        { resume: state, fold, attempt: 2 },
        other,
      );
    });
  }

  list.promise('a critic that is updated rates points like the real ones above distant ones', async () => {
    await withCritic(
      async (critic) => {
        const far = BATCH.x.map((value) => value + DISTANCE);
        const updates = { update: true, wantGradient: false };
        for (let index = 0; index < DISTANT_STEPS; index++) await critic.step(index, updates, far);
        const isFar = (row: number) => FAR_ROWS.includes(row);
        const mixed = BATCH.x.map((value, i) => value + (isFar(Math.floor(i / BATCH.features)) ? DISTANCE : 0));
        const { logits } = await critic.step(DISTANT_STEPS, { update: false, wantGradient: false }, mixed);
        const [near, distant] = [false, true].map((side) => [...logits].filter((_, row) => isFar(row) === side));
        const pairs = near.flatMap((one) => distant.map((other) => one > other));
        const right = pairs.filter(Boolean).length;
        const what = `after ${DISTANT_STEPS} updates ${right} of ${pairs.length} pairs of a near and a distant point are in order`;
        must(right >= 0.75 * pairs.length, what, 'a higher logit for points that look more real, row by row');
      },
      { fold: DISTANT_FOLD },
    );
  });
}

async function inTurn<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let index = 0; index < count; index++) made.push(await make(index));
  return made;
}

function requireSame(expected: readonly Judgement[], actual: readonly Judgement[], where: string): void {
  for (const [i, { logits, gradient }] of expected.entries()) {
    must(sameBits(logits, actual[i].logits), `${where}, answer ${i} has other logits`, 'the same bits');
    const same = sameBits(gradient ?? [], actual[i].gradient ?? []);
    must(same, `${where}, answer ${i} has another gradient`, 'the same bits');
  }
}

function sameBits(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  return one.length === other.length && Array.from(one).every((value, i) => Object.is(value, other[i]));
}
