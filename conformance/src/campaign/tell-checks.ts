import { status } from '@grpc/grpc-js';
import { type Answer, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { type Check, listChecks, must } from '../check.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { type CampaignBench, CLASSES, classOf, labelled, type OwnCampaign, POOL } from './campaign-call.ts';

const [LOW, HIGH] = CLASSES;
const withdrawn = (point: string): Answer => ({ ...labelled(point, ''), outcome: { $case: 'withdrawn', value: true } });
const excluded = (point: string): Answer => ({ ...labelled(point, ''), outcome: { $case: 'excluded', value: true } });

/** Fails unless the campaign counts as expected: labels of each class, pending and excluded points. */
async function mustCount(
  { get }: OwnCampaign,
  expected: readonly [low: number, high: number, pending: number, excluded: number],
  when: string,
): Promise<void> {
  const state = await get();
  const given = [...state.classCounts, state.pending, state.excluded];
  const what = `${when}, low, high, pending and excluded are ${given.join(', ')}`;
  must(given.join() === expected.join(), what, expected.join(', '));
  must(
    state.labelled === expected[0] + expected[1],
    `${when}, ${state.labelled} points are labelled`,
    String(expected[0] + expected[1]),
  );
}

/** Checks of Tell and ListPoints. */
export function tellChecks(bench: CampaignBench): readonly Check[] {
  const list = listChecks('agent/v1/campaign.proto: CampaignService.Tell, ListPoints; Answer');

  list.promise('labels are counted by class, and their points are not pending any more', async () => {
    const own = await bench.open();
    const [a, b, c] = await own.ask('ann', 4);
    const changed = await own.tell('ann', [labelled(a.point, LOW), labelled(b.point, HIGH), labelled(c.point, LOW)]);
    must(changed === 3, `${changed} answers changed something`, '3');
    await mustCount(own, [2, 1, 1, 0], 'after three of four labels');
  });

  list.promise('answers that are repeated change nothing, with their token or another', async () => {
    const own = await bench.open();
    const [{ point }] = await own.ask('ann', 2);
    await own.tell('ann', [labelled(point, LOW)], 'the-same');
    await own.tell('ann', [labelled(point, LOW)], 'the-same');
    const changed = await own.tell('ann', [labelled(point, LOW)]);
    must(changed === 0, `a repeated answer changed ${changed}`, '0');
    await mustCount(own, [1, 0, 1, 0], 'after an answer that was told three times');
    const [listed] = await own.points();
    must(listed.answers === 1, `${listed.answers} answers are counted`, '1');
  });

  list.promise('a second answer is taken as a correction only', async () => {
    const own = await bench.open();
    const [{ point }] = await own.ask('ann', 1);
    await own.tell('ann', [labelled(point, LOW)]);
    await mustRefuse(own.tell('ann', [labelled(point, HIGH)]), status.INVALID_ARGUMENT);
    await mustCount(own, [1, 0, 0, 0], 'after a second answer that was refused');
    await own.tell('bob', [labelled(point, HIGH, { correction: true })]);
    await mustCount(own, [0, 1, 0, 0], 'after a correction');
    const [{ answers, label, teller, holder }] = await own.points();
    must(answers === 2 && label === HIGH, `${point} has ${answers} answers and the label ${label}`, `2 and ${HIGH}`);
    must(teller === 'bob' && holder === 'ann', `${point} is held by ${holder} and told by ${teller}`, 'ann and bob');
  });

  const wrong: readonly [string, (handed: string, free: string) => readonly Answer[]][] = [
    ['a point that is none', () => [labelled(`p${POOL.length}`, LOW)]],
    ['a class that is none', (handed) => [labelled(handed, 'middle')]],
    ['a point that was not handed out', (_, free) => [labelled(free, LOW)]],
    ['a point twice', (handed) => [labelled(handed, LOW), labelled(handed, LOW)]],
  ];
  for (const [what, answers] of wrong) {
    list.promise(`answers about ${what} are INVALID_ARGUMENT, and none of the request is taken`, async () => {
      const own = await bench.open();
      const [right, handed] = await own.ask('ann', 2);
      const free = POOL.findIndex((_, row) => ![right.point, handed.point].includes(`p${row}`));
      const call = own.tell('ann', [labelled(right.point, LOW), ...answers(handed.point, `p${free}`)]);
      await mustRefuse(call, status.INVALID_ARGUMENT);
      await mustCount(own, [0, 0, 2, 0], 'after answers that were refused');
      await own.tell('ann', [labelled(right.point, classOf(right))]);
    });
  }

  list.promise('the details of a refusal name every wrong answer', async () => {
    const own = await bench.open();
    const [{ point }] = await own.ask('ann', 1);
    const answers = [labelled('p999', LOW), labelled(point, LOW), labelled('p998', LOW)];
    const error = await own.tell('ann', answers).then(
      () => undefined,
      (thrown) => thrown,
    );
    const fields = error === undefined ? [] : violationsOf(error).map(({ field }) => field);
    for (const index of [0, 2]) {
      const named = fields.some((field) => field.startsWith(`answers[${index}]`));
      must(
        named,
        `the details name ${fields.join(', ') || 'nothing'}`,
        `answers[${index}] too (google.rpc.BadRequest)`,
      );
    }
  });

  list.promise('a point that is given back may be handed out again', async () => {
    const own = await bench.open({ budget: POOL.length });
    const points = await own.ask('ann', POOL.length);
    const { point } = points[7];
    await own.tell('ann', [withdrawn(point)]);
    await mustCount(own, [0, 0, POOL.length - 1, 0], 'after a point was given back');
    const again = await own.ask('bob', 5);
    must(
      again.map((one) => one.point).join() === point,
      `${again.map((one) => one.point).join(', ')} came`,
      `${point}, the one that was given back`,
    );
  });

  list.promise('a label that is taken back frees its place in the budget', async () => {
    const own = await bench.open({ budget: 2 });
    const [a, b] = await own.ask('ann', 2);
    await own.tell('ann', [labelled(a.point, LOW), labelled(b.point, LOW)]);
    await mustRefuse(own.ask('ann', 1), status.FAILED_PRECONDITION);
    await own.tell('ann', [withdrawn(a.point)]);
    await mustCount(own, [1, 0, 0, 0], 'after a label was taken back');
    must((await own.ask('ann', 3)).length === 1, 'another number of points came', '1: one label of the budget is free');
  });

  list.promise('a point that is excluded is not handed out again, and needs no budget', async () => {
    const own = await bench.open({ budget: POOL.length });
    const points = await own.ask('ann', POOL.length);
    await own.tell('ann', [excluded(points[0].point)]);
    await mustCount(own, [0, 0, POOL.length - 1, 1], 'after a point was excluded');
    await mustRefuse(own.ask('bob', 1), status.FAILED_PRECONDITION);
  });

  list.promise('points are listed as they were handed out first, with state, holder and answer', async () => {
    const own = await bench.open();
    const handed = [...(await own.ask('ann', 3)), ...(await own.ask('bob', 1))];
    const [a, b, c] = handed;
    await own.tell('ann', [labelled(b.point, HIGH), excluded(c.point)]);
    const points = await own.points();
    const ids = points.map(({ asked }) => asked?.point).join(', ');
    must(
      ids === handed.map(({ point }) => point).join(', '),
      `${ids} are listed`,
      handed.map(({ point }) => point).join(', '),
    );
    const given = points.map(({ state, holder, label, teller }) => `${state} ${holder} ${label} ${teller}`.trim());
    const { PENDING, LABELLED, EXCLUDED } = PointState;
    const right = [`${PENDING} ann`, `${LABELLED} ann ${HIGH} ann`, `${EXCLUDED} ann  ann`, `${PENDING} bob`];
    must(
      given.join('; ') === right.join('; '),
      `states, holders, labels and tellers are ${given.join('; ')}`,
      right.join('; '),
    );
    must(
      points[0].asked?.features[0] === a.features[0],
      `${a.point} is listed with other features`,
      'as it was handed out',
    );
  });

  list.refusal('a request without answers is INVALID_ARGUMENT', async () => {
    const own = await bench.open();
    await mustRefuse(own.tell('ann', []), status.INVALID_ARGUMENT);
  });
  list.refusal('an answer without an outcome is INVALID_ARGUMENT', async () => {
    const own = await bench.open();
    const [{ point }] = await own.ask('ann', 1);
    await mustRefuse(own.tell('ann', [{ ...labelled(point, LOW), outcome: undefined }]), status.INVALID_ARGUMENT);
  });
  return list.checks;
}
