import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import {
  applyChange,
  type CampaignAnswer,
  type CampaignChange,
  type CampaignRules,
  type CampaignState,
  EMPTY_CAMPAIGN,
  labelOf,
  type Outcome,
  pointId,
  rowOf,
} from './campaign.ts';
import { planAsk } from './check-ask.ts';
import { planTell } from './check-tell.ts';
import { openPoints } from './open-points.ts';

const RULES: CampaignRules = {
  seed: 1,
  poolSize: 12,
  classNames: ['a', 'b'],
  budget: 6,
  batch: 2,
  policy: 'margin',
  randomShare: 0.25,
  reservationMs: 100,
  prices: null,
};
const PROVENANCE = {
  ...{ measuredAtMs: null, backend: 'bench 1', job: '', shots: 0 },
  ...{ calibration: '', margin: null, marginError: null },
};
const label = (name: string): Outcome => ({ kind: 'label', label: name, provenance: PROVENANCE });
const answer = (row: number, outcome: Outcome = label('a'), isCorrection = false): CampaignAnswer => ({
  point: pointId(row),
  outcome,
  isCorrection,
});

/** Hands out the first open points, as any choice might. */
function ask(state: CampaignState, who: string, token: string, nowMs: number, count = 0, rules = RULES): CampaignState {
  const plan = planAsk(rules, state, { who, token, count }, nowMs);
  if (plan.kind === 'answered') return state;
  const points = plan.open.rows.slice(0, plan.count).map((row) => ({ row, chosenBy: 'margin', score: 1, cost: null }));
  return applyChange(state, { kind: 'asked', who, token, count, points, round: null }, nowMs);
}

function tell(state: CampaignState, who: string, token: string, answers: CampaignAnswer[], nowMs = 0): CampaignState {
  const { told } = planTell(RULES, state, { who, token, answers });
  return told === null ? state : applyChange(state, told, nowMs);
}

const heldBy = (state: CampaignState, who: string) =>
  [...state.points].filter(([, { holder, answer: told }]) => holder === who && told === null).map(([row]) => row);

describe('asking', () => {
  it('hands a point to one person, until it is given back or due back', () => {
    let state = ask(EMPTY_CAMPAIGN, 'ann', '1', 0);
    state = ask(state, 'bob', '2', 50);
    expect(heldBy(state, 'ann')).toEqual([0, 1]);
    expect(heldBy(state, 'bob')).toEqual([2, 3]);
    state = tell(state, 'ann', '3', [answer(0, { kind: 'withdrawn' })], 60);
    state = ask(state, 'eve', '4', 99, 1);
    expect(heldBy(state, 'eve')).toEqual([0]);
    // At 100 ms ann's other point is due back, bob's are not.
    state = ask(state, 'eve', '5', 100, 1);
    expect(heldBy(state, 'eve')).toEqual([0, 1]);
  });

  it('never hands out more than the budget, and says with whom the points are', () => {
    let state = ask(EMPTY_CAMPAIGN, 'ann', '1', 0, 4);
    state = tell(state, 'ann', '2', [answer(0), answer(1)]);
    state = ask(state, 'bob', '3', 0, 9);
    expect(heldBy(state, 'bob')).toHaveLength(2);
    expect(() => ask(state, 'eve', '4', 0)).toThrow(
      'the budget of 6 labels is used: 2 points have a label, and 4 without an answer are with ann (p2, p3), bob (p4, p5)',
    );
  });

  it('answers the same request alike, and refuses its token for another', () => {
    const state = ask(EMPTY_CAMPAIGN, 'ann', '1', 0);
    expect(planAsk(RULES, state, { who: 'ann', token: '1', count: 0 }, 1000)).toMatchObject({
      kind: 'answered',
      asked: { points: [{ row: 0 }, { row: 1 }] },
    });
    expect(() => planAsk(RULES, state, { who: 'bob', token: '1', count: 0 }, 0)).toThrow('token 1: belongs to another');
    expect(() => planTell(RULES, state, { who: 'ann', token: '1', answers: [answer(0)] })).toThrow('token 1');
  });

  it('ends with the pool', () => {
    const rules = { ...RULES, budget: 100 };
    const state = ask(EMPTY_CAMPAIGN, 'ann', '1', 0, 50, rules);
    expect(state.points.size).toBe(12);
    expect(() => ask(state, 'bob', '2', 0, 1, rules)).toThrow(
      'no point of the pool of 12 is left, and 12 without an answer are with ann (p0, p1, p2, p3, p4, p5, p6, p7 and 4 more)',
    );
  });
});

describe('telling', () => {
  const asked = ask(EMPTY_CAMPAIGN, 'ann', 'ask', 0, 4);

  it('takes answers in any order and in parts, also about points of others and points that are due back', () => {
    let state = tell(asked, 'ann', '1', [answer(3, label('b'))]);
    state = tell(state, 'bob', '2', [answer(1), answer(0)], 1_000_000);
    expect(openPoints(RULES, state, 0)).toMatchObject({ labelled: [0, 1, 3], pending: [2], left: 2 });
    expect(labelOf(state.points.get(3)!, RULES.classNames)).toEqual({ label: 1, provenance: PROVENANCE });
  });

  it('takes a repetition as said before, and a change only as a correction', () => {
    const state = tell(asked, 'ann', '1', [answer(0)]);
    expect(planTell(RULES, state, { who: 'ann', token: '1', answers: [answer(0)] })).toEqual({
      told: null,
      changed: 0,
    });
    expect(planTell(RULES, state, { who: 'ann', token: '2', answers: [answer(0), answer(1)] }).changed).toBe(1);
    const refused = () => planTell(RULES, state, { who: 'bob', token: '3', answers: [answer(0, label('b'))] });
    expect(refused).toThrow(
      'answers[0].point: p0 has the label a by ann; mark the answer as a correction to replace it',
    );
    const corrected = tell(state, 'bob', '4', [answer(0, label('b'), true)]);
    expect(labelOf(corrected.points.get(0)!, RULES.classNames)?.label).toBe(1);
    expect(corrected.points.get(0)?.answers).toBe(2);
    expect(() => planTell(RULES, corrected, { who: 'ann', token: '1', answers: [answer(1)] })).toThrow('token 1');
  });

  it('takes a label back, after which the point may be handed out again', () => {
    let state = tell(asked, 'ann', '1', [answer(0)]);
    state = tell(state, 'bob', '2', [answer(0, { kind: 'withdrawn' })]);
    expect(labelOf(state.points.get(0)!, RULES.classNames)).toBeNull();
    expect(openPoints(RULES, state, 0).rows[0]).toBe(0);
  });

  it('does not hand out an excluded point again', () => {
    const state = tell(asked, 'ann', '1', [answer(0, { kind: 'excluded' })]);
    expect(openPoints(RULES, state, 1_000_000).rows).not.toContain(0);
    expect(openPoints(RULES, state, 0).left).toBe(3);
  });

  it('refuses all where one is wrong, and names every wrong one', () => {
    const answers = [
      answer(0),
      answer(1, label('c')),
      answer(7),
      answer(12),
      { ...answer(0), point: 'q1' },
      answer(0, label('b')),
    ];
    expect(() => planTell(RULES, asked, { who: 'ann', token: '1', answers })).toThrow(
      [
        'answers[1].label: "c" of p1 is no class; a, b are',
        'answers[2].point: p7 was not handed out; ask for points first',
        'answers[3].point: "p12" is no point; p0 to p11 are',
        'answers[4].point: "q1" is no point; p0 to p11 are',
        'answers[5].point: p0 is in answers[0] too; one answer about a point is right',
      ].join('; '),
    );
  });
});

describe('the fold', () => {
  it('keeps, for any requests of several people: budget, one holder of a point, and one meaning of each token', () => {
    const step = fc.record({
      who: fc.constantFrom('ann', 'bob', 'eve'),
      token: fc.constantFrom(...'abcdefghijklmnop'),
      count: fc.integer({ min: 0, max: 5 }),
      isAsk: fc.boolean(),
      row: fc.integer({ min: 0, max: 13 }),
      kind: fc.constantFrom('a', 'b', 'c', 'withdrawn', 'excluded'),
      isCorrection: fc.boolean(),
      waitMs: fc.integer({ min: 0, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let [state, nowMs] = [EMPTY_CAMPAIGN, 0];
        const log: [CampaignChange, number][] = [];
        const write = (change: CampaignChange): void => {
          log.push([change, nowMs]);
          state = applyChange(state, change, nowMs);
        };
        for (const { who, token, count, isAsk, row, kind, isCorrection, waitMs } of steps) {
          nowMs += waitMs;
          try {
            if (isAsk) {
              const plan = planAsk(RULES, state, { who, token, count }, nowMs);
              if (plan.kind === 'answered') continue;
              const { open } = plan;
              expect(open.labelled.length + open.pending.length + plan.count).toBeLessThanOrEqual(RULES.budget);
              const order = createRandom(nowMs).permutation(open.rows.length).subarray(0, plan.count);
              const points = [...order].map((i) => ({ row: open.rows[i], chosenBy: 'random', score: 0, cost: null }));
              for (const point of points) expect(open.pending).not.toContain(point.row);
              write({ kind: 'asked', who, token, count, points, round: null });
            } else {
              const outcome: Outcome = kind === 'withdrawn' || kind === 'excluded' ? { kind } : label(kind);
              const { told } = planTell(RULES, state, { who, token, answers: [answer(row, outcome, isCorrection)] });
              if (told !== null) write(told);
            }
          } catch (error) {
            if ((error as Error).name !== 'CampaignError') throw error;
          }
        }
        // A restart anywhere gives the same state: the fold of the changes that were written.
        expect(log.reduce((folded, [change, timeMs]) => applyChange(folded, change, timeMs), EMPTY_CAMPAIGN)).toEqual(
          state,
        );
        expect(new Set(log.map(([{ token }]) => token)).size).toBe(log.length);
      }),
    );
  });

  it('has ids that are rows, and nothing else is one', () => {
    fc.assert(fc.property(fc.nat(999_999_999), (row) => rowOf(pointId(row)) === row));
    for (const wrong of ['p', 'p01', 'p-1', 'P1', 'p1.0', ' p1', 'p1234567890', '']) expect(rowOf(wrong)).toBe(-1);
  });
});
