import { status } from '@grpc/grpc-js';
import { type Check, listChecks } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { askToTheEnd, streamRefusals } from '../shared/stream-refusals.ts';
import { askCritic, BATCH, type CritiquePart, openCritic, openingParts, stepPart } from './critique-call.ts';
import type { CritiqueContext } from './critique-context.ts';

const { FAILED_PRECONDITION, INVALID_ARGUMENT, OUT_OF_RANGE } = status;
/** Separate folds with increasing attempts. */
const STALE_FOLD = 2;

/** Checks of the answers to a generator's mistakes. */
export function critiqueRefusals(
  context: CritiqueContext,
  source: string,
  capabilities: CapabilitiesAnswer,
): readonly Check[] {
  const { remote, options, objectives, withCritic } = context;
  const list = listChecks(source);
  const refuse = async (parts: readonly CritiquePart[], ...expected: readonly status[]) => {
    await objectives();
    await mustRefuse(askCritic(remote, parts, options), ...expected);
  };
  const [open, training] = openingParts(options.study);

  list.refusal('a repeated index is FAILED_PRECONDITION', () =>
    withCritic(async (critic) => {
      await critic.step(0);
      await mustRefuse(critic.step(0), FAILED_PRECONDITION);
    }),
  );
  list.refusal('a skipped index is FAILED_PRECONDITION', () =>
    withCritic((critic) => mustRefuse(critic.step(1), FAILED_PRECONDITION)),
  );
  list.refusal('a step before start is INVALID_ARGUMENT', () =>
    refuse([open, training, stepPart(0)], INVALID_ARGUMENT),
  );
  list.refusal('an opening after start is INVALID_ARGUMENT', () =>
    withCritic((critic) => mustRefuse(critic.ask(open), INVALID_ARGUMENT)),
  );
  list.refusal('a checkpoint that is none is FAILED_PRECONDITION', () =>
    refuse(openingParts(options.study, { resume: Buffer.from('no checkpoint') }), FAILED_PRECONDITION),
  );
  list.refusal('a checkpoint of another critic is FAILED_PRECONDITION', () =>
    withCritic(async (critic) => {
      await critic.step(0);
      const resume = await critic.checkpoint();
      await refuse(openingParts(options.study, { resume, seed: 12 }), FAILED_PRECONDITION);
    }),
  );
  list.refusal('a stale attempt is FAILED_PRECONDITION', async () => {
    await objectives();
    const seen = await openCritic(remote, options, { fold: STALE_FOLD, attempt: 2 });
    seen.cancel();
    await mustRefuse(openCritic(remote, options, { fold: STALE_FOLD, attempt: 1 }), FAILED_PRECONDITION);
  });
  list.refusal('a batch of another number of features is INVALID_ARGUMENT', () =>
    withCritic(async (critic) => {
      const part = stepPart(0);
      if (part.$case !== 'step' || part.value.x === undefined) return;
      const x = { ...part.value.x, shape: [part.value.x.data.byteLength / 4, 1] };
      await mustRefuse(critic.ask({ ...part, value: { ...part.value, x } }), INVALID_ARGUMENT);
    }),
  );
  list.refusal('a batch whose byte length is not that of its shape is INVALID_ARGUMENT', () =>
    withCritic(async (critic) => {
      const part = stepPart(0);
      if (part.$case !== 'step' || part.value.x === undefined) return;
      const x = { ...part.value.x, data: part.value.x.data.subarray(0, -1) };
      await mustRefuse(critic.ask({ ...part, value: { ...part.value, x } }), INVALID_ARGUMENT);
    }),
  );
  for (const [what, wrong] of [
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ] as const) {
    list.refusal(`a batch with ${what} is OUT_OF_RANGE`, () =>
      withCritic((critic) => mustRefuse(critic.ask(stepPart(0, {}, BATCH.x.with(4, wrong))), OUT_OF_RANGE)),
    );
  }
  list.refusal('another number of classes than points is INVALID_ARGUMENT', () =>
    withCritic(async (critic) => {
      const part = stepPart(0, {}, new Float32Array(3));
      await mustRefuse(critic.ask(part), INVALID_ARGUMENT);
    }),
  );
  const streams = streamRefusals<CritiquePart>({
    name: 'a critique',
    source,
    order: { open: { once: true }, training: { points: true, limit: 'real_points' }, start: {} },
    capabilities,
    async parts() {
      await objectives();
      return openingParts(options.study);
    },
    ask: (parts) => askToTheEnd(remote.critique({ deadlineMs: options.deadlineMs }), parts),
  });
  return [...list.checks, ...streams];
}
