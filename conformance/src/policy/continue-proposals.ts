import { status } from '@grpc/grpc-js';
import type { PolicyServiceService } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { type Check, CheckSkipped, listChecks, must, sharedAnswer } from '../check.ts';
import type { Instances } from '../shared/instances.ts';
import { outcomeOf } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import { SPACE } from './policy-space.ts';
import { type PlayedBatch, playStudy, type StudyChanges, studySettings } from './policy-study.ts';

/** Hyperparameter of the command line that names the policy of these checks. */
const SETTING = 'policy';
/** Batches after which a policy that continues has done so. */
const BATCHES = 6;
/** Method and width are those of the model. */
const FIXED = ['method', 'width'];
const CONTINUING_SPACE = SPACE.map((parameter) => ({ ...parameter, fixedByModel: FIXED.includes(parameter.name) }));

/** Checks of proposals that continue from the models of an earlier episode. */
export function continueChecks(
  { first: policy }: Instances<typeof PolicyServiceService>,
  { deadlineMs, settings }: SuiteOptions,
): readonly Check[] {
  const list = listChecks('policy/v1/policy.proto: Proposal.continue_from');
  const study: StudyChanges = {
    name: settings.get(SETTING) ?? '',
    continues: true,
    batches: BATCHES,
    space: CONTINUING_SPACE,
  };
  const { batchSize } = studySettings(study);
  const play = (changes: StudyChanges = {}) => playStudy(policy, { ...study, ...changes }, deadlineMs);
  const played = sharedAnswer('a study whose fits can continue', async () => {
    const batches = await play();
    if (originsOf(batches).every((from) => from === undefined)) {
      throw new CheckSkipped(`no proposal continues from an episode; --set ${SETTING}=NAME names a policy that does`);
    }
    return batches;
  });

  list.promise('a proposal continues from an episode that was rewarded in a batch before', async () => {
    const batches = await played();
    const rewarded = new Set<number>();
    for (const [batch, { proposals, results }] of batches.entries()) {
      for (const [i, { continueFrom }] of proposals.entries()) {
        if (continueFrom === undefined) continue;
        const what = `episode ${batch * batchSize + i} continues from episode ${continueFrom}`;
        must(
          rewarded.has(continueFrom),
          what,
          `one that was observed and rewarded: ${[...rewarded].join(', ') || 'none yet'}`,
        );
      }
      for (const { episode, rewarded: isRewarded } of results) if (isRewarded) rewarded.add(episode);
    }
  });

  list.promise('a proposal that continues has the values of its model, where these are fixed', async () => {
    const batches = await played();
    const proposals = batches.flatMap((batch) => batch.proposals);
    const given = (episode: number, name: string) =>
      JSON.stringify(proposals[episode]?.hyperparameters.find((setting) => setting.name === name)?.value?.value);
    for (const [episode, { continueFrom }] of proposals.entries()) {
      if (continueFrom === undefined) continue;
      for (const name of FIXED) {
        const [own, other] = [given(episode, name), given(continueFrom, name)];
        must(
          own === other,
          `${name} of episode ${episode} is ${own}`,
          `${other}, as in episode ${continueFrom}, whose model it continues`,
        );
      }
    }
  });

  list.promise('proposals that continue are the same again, and where they are requested one by one', async () => {
    const once = originsOf(await played());
    for (const requests of ['at once', 'one by one, last first'] as const) {
      const again = originsOf(await play({ requests }));
      must(once.join() === again.join(), `requested ${requests}, episodes continue from ${shown(again)}`, shown(once));
    }
  });

  list.promise('no proposal continues where fits cannot', async () => {
    const call = play({ continues: false });
    const { code } = await outcomeOf(call);
    // A policy that has to continue refuses such a study.
    if (code === status.INVALID_ARGUMENT) return;
    const origins = originsOf(await call);
    must(
      origins.every((from) => from === undefined),
      `episodes continue from ${shown(origins)}`,
      'none: settings.continues is false',
    );
  });
  return list.checks;
}

const originsOf = (batches: readonly PlayedBatch[]) =>
  batches.flatMap(({ proposals }) => proposals.map(({ continueFrom }) => continueFrom));
const shown = (origins: readonly (number | undefined)[]): string => origins.map((from) => from ?? '–').join(', ');
