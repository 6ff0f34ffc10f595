import { status } from '@grpc/grpc-js';
import type { AskedPoint, CampaignSettings } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { type Check, CheckFailure, listChecks, must } from '../check.ts';
import { mustRefuse, outcomeOf } from '../shared/refusals.ts';
import { BATCH, BUDGET, type CampaignBench, POOL } from './campaign-call.ts';

const idsOf = (points: readonly AskedPoint[]): string => points.map(({ point }) => point).join(', ');

/** Fails if a point is in more than one list. */
function mustBeApart(lists: readonly (readonly AskedPoint[])[], what: string): void {
  const all = lists.flat().map(({ point }) => point);
  must(new Set(all).size === all.length, `${what} got ${lists.map(idsOf).join('; ')}`, 'each point once');
}

/** Checks of CreateCampaign, GetCampaign, ListCampaigns and Ask. */
export function askChecks(bench: CampaignBench): readonly Check[] {
  const { campaigns } = bench;
  const list = listChecks('agent/v1/campaign.proto: CampaignService.CreateCampaign, GetCampaign, ListCampaigns, Ask');

  list.promise('a campaign that is created again with the same settings is the same campaign', async () => {
    const [id, settings] = [bench.freshId(), await bench.settings()];
    const [once, again] = [await bench.create(id, settings), await bench.create(id, settings)];
    must(
      JSON.stringify(once) === JSON.stringify(again),
      'the second creation has another campaign',
      'the same: CreateCampaign is idempotent',
    );
  });

  list.promise('a campaign that is created again with other settings is ALREADY_EXISTS', async () => {
    const id = bench.freshId();
    await bench.create(id, await bench.settings());
    await mustRefuse(bench.create(id, await bench.settings({ budget: BUDGET + 1 })), status.ALREADY_EXISTS);
  });

  list.promise(
    'a new campaign has its settings, defaults filled in, the size of its pool, and nothing else',
    async () => {
      const given = await bench.settings({ batch: 0 });
      const { settings, poolSize, featureNames, labelled, pending, excluded, classCounts } = await bench.create(
        bench.freshId(),
        given,
      );
      must(settings?.batch === 4, `the batch is ${settings?.batch}`, '4, the default');
      must(
        settings.budget === BUDGET && settings.classNames.join() === given.classNames.join(),
        'budget or classes are others',
        'as they were given',
      );
      must(poolSize === POOL.length, `the pool has ${poolSize} points`, String(POOL.length));
      must(featureNames.join() === 'field', `the features are ${featureNames.join(', ')}`, 'field');
      const counts = [labelled, pending, excluded, ...classCounts];
      must(
        counts.every((count) => count === 0) && classCounts.length === 2,
        `the counts are ${counts.join(', ')}`,
        '0 for each',
      );
    },
  );

  list.promise('campaigns are listed by id', async () => {
    const ids = [bench.freshId(), bench.freshId()];
    for (const id of ids.toReversed()) await bench.create(id, await bench.settings());
    const listed = (await campaigns.listCampaigns({})).campaigns.map(({ id }) => id);
    must(listed.join() === listed.toSorted().join(), `${listed.join(', ')} are listed`, 'by id');
    for (const id of ids) must(listed.includes(id), `${listed.join(', ')} are listed`, `${id} too`);
  });

  list.promise('as many points come as were asked for, each once, with the features of its row', async () => {
    const { ask, get } = await bench.open();
    const points = await ask('ann', 5);
    must(points.length === 5, `${points.length} points came`, '5');
    mustBeApart([points], 'ann');
    for (const { point, features, chosenBy } of points) {
      const row = Number(point.slice(1));
      // The pool may be stored as float32.
      const near = features.length === 1 && Math.abs(features[0] - POOL[row]) < 1e-6;
      must(near, `${point} has the features ${features.join(', ')}`, `${POOL[row]}, those of row ${row}`);
      must(
        chosenBy === 'random',
        `${point} was chosen by ${chosenBy}`,
        'random, the acquisition function of the campaign',
      );
    }
    const { pending } = await get();
    must(pending === 5, `${pending} points are pending`, '5');
  });

  list.promise('a request that does not say how many gets the batch', async () => {
    const points = await (await bench.open()).ask('ann');
    must(points.length === BATCH, `${points.length} points came`, `${BATCH}, the batch`);
  });

  list.promise('a request that is repeated with its token gets the same points', async () => {
    const { ask, get } = await bench.open();
    const once = await ask('ann', 3, 'the-same');
    await ask('bob', 2);
    const again = await ask('ann', 3, 'the-same');
    must(idsOf(once) === idsOf(again), `${idsOf(again)} came the second time`, idsOf(once));
    const { pending } = await get();
    must(pending === 5, `${pending} points are pending after it`, '5');
  });

  list.promise('no point is handed out twice, also at the same time', async () => {
    const { ask } = await bench.open();
    const one = await ask('ann', 2);
    const others = await Promise.all(['bob', 'eve', 'dan'].map((who) => ask(who, 2)));
    mustBeApart([one, ...others], 'four people');
  });

  list.promise('no more points come than the budget has, and then FAILED_PRECONDITION says who has them', async () => {
    const { ask } = await bench.open();
    const points = await ask('ann', 2 * BUDGET);
    must(points.length === BUDGET, `${points.length} points came of a budget of ${BUDGET}`, String(BUDGET));
    const { code, details } = await outcomeOf(ask('bob', 1));
    if (code !== status.FAILED_PRECONDITION)
      throw new CheckFailure(`the call ended as ${status[code]}`, 'FAILED_PRECONDITION');
    must(details.includes('ann'), `the message is "${details}"`, 'one that names ann, who has the points');
  });

  list.promise('campaigns with the same settings hand out the same points, and with another seed others', async () => {
    const first = async (changes: Partial<CampaignSettings>) => idsOf(await (await bench.open(changes)).ask('ann', 8));
    const [one, same, other] = [await first({}), await first({}), await first({ seed: 6 })];
    must(one === same, `${same} came`, `${one}: a campaign is a function of its settings`);
    must(one !== other, `${other} came with another seed`, 'other points');
  });

  list.promise('a campaign goes on at a second instance of the same log', async () => {
    const second = bench.second();
    const { ask } = await bench.open();
    const once = await ask('ann', 3, 'the-same');
    const again = await ask('ann', 3, 'the-same', second);
    must(idsOf(once) === idsOf(again), `${idsOf(again)} came at the second instance`, idsOf(once));
    mustBeApart([once, await ask('bob', 3, undefined, second), await ask('eve', 3)], 'three people');
  });

  list.promise('a campaign that is not there is NOT_FOUND', async () => {
    await bench.open();
    const id = 'none-of-them';
    const read = async () => {
      for await (const _ of campaigns.listPoints({ id }));
    };
    const answers = [
      { point: 'p0', outcome: { $case: 'withdrawn' as const, value: true }, correction: false, provenance: undefined },
    ];
    await mustRefuse(campaigns.getCampaign({ id }), status.NOT_FOUND);
    await mustRefuse(read(), status.NOT_FOUND);
    await mustRefuse(campaigns.ask({ id, who: 'ann', token: 'a', count: 1 }), status.NOT_FOUND);
    await mustRefuse(campaigns.tell({ id, who: 'ann', token: 'a', answers }), status.NOT_FOUND);
  });

  const wrong: readonly [string, Partial<CampaignSettings>][] = [
    ['two classes of one name', { classNames: ['a', 'a'] }],
    ['one class', { classNames: ['a'] }],
    ['no budget', { budget: 0 }],
    ['an acquisition function that is none', { acquisition: 'none-of-them' }],
    ['a random share of 2', { randomShare: 2 }],
    ['no pool', { pool: undefined }],
  ];
  for (const [what, changes] of wrong) {
    list.refusal(`a campaign with ${what} is INVALID_ARGUMENT`, async () => {
      await mustRefuse(bench.create(bench.freshId(), await bench.settings(changes)), status.INVALID_ARGUMENT);
    });
  }
  const requests: readonly [string, string, string][] = [
    ['of nobody', '', 'a'],
    ['without a token', 'ann', ''],
    ['with a token of other characters', 'ann', 'a b'],
  ];
  for (const [what, who, token] of requests) {
    list.refusal(`a request ${what} is INVALID_ARGUMENT`, async () => {
      const { ask } = await bench.open();
      await mustRefuse(ask(who, 1, token), status.INVALID_ARGUMENT);
    });
  }
  return list.checks;
}
