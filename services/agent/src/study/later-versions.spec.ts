import { StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { type QnnArm, QnnRun, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { Dtype } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { type EventKey, isEpisodeKey, type Slot } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { comparable } from '../testing/comparable.ts';
import { createWorld, type StandIns, smallStudy, startStandIns } from '../testing/world.ts';
import { decodeUtility } from './replay/measurement.ts';
import { applyEvent, emptyView } from './replay/study-view.ts';

const ID = 'small';
/** Field 100 of a message, which no message has: 3 bytes. */
const LATER_FIELD = Uint8Array.of(0xa2, 0x06, 3, 1, 2, 3);
/** A number that is not in the enum. */
const LATER_ARM = 77 as QnnArm;

let standIns: StandIns;

beforeAll(async () => {
  standIns = await startStandIns();
});
afterAll(() => standIns.stop());

const event = (key: EventKey, payload: Uint8Array): LogEvent => ({ key, payload, headers: {}, sequence: 1, timeMs: 1 });

/** An event with a field of a later version, and reports of utility with a run in an arm of a later version. */
function asWrittenLater({ key, payload }: LogEvent): Uint8Array {
  if (!isEpisodeKey(key)) return Buffer.concat([payload, LATER_FIELD]);
  const slot = SlotEvent.decode(payload);
  for (const report of slot.facts?.$case === 'evaluate' ? slot.facts.value.folds : [])
    report.runs.unshift({ ...report.runs[0], arm: LATER_ARM, accuracy: 0 });
  return Buffer.concat([SlotEvent.encode(slot).finish(), LATER_FIELD]);
}

const rewards = (events: readonly LogEvent[]) => comparable(events.filter(({ key }) => key.slot === 'reward'));

describe('events of a later version', () => {
  it('are continued from: slots, fields and arms that this version does not know change no reward', async () => {
    const first = await createWorld(standIns);
    first.start();
    await first.agent.createStudy({ id: ID, settings: smallStudy() });
    expect((await first.finished(ID)).state).toBe(StudyState.FINISHED);
    const events = await first.episodeLog.replay(ID);

    const second = await createWorld(standIns, { artifacts: first.artifacts });
    await second.episodeLog.append({ study: ID, slot: 'review-1' }, LATER_FIELD);
    const beforeReward = events.findIndex(({ key }) => key.slot === 'reward');
    for (const standing of events.slice(0, beforeReward))
      await second.episodeLog.append(standing.key, asWrittenLater(standing), standing.headers);
    second.start();
    expect((await second.finished(ID)).state).toBe(StudyState.FINISHED);
    expect(rewards(await second.episodeLog.replay(ID))).toEqual(rewards(events));
    await second.stop();
    await first.stop();
  });

  it('change nothing in the view where the slot is not known, of a study or of an episode', () => {
    const view = emptyView(ID);
    expect(applyEvent(view, event({ study: ID, slot: 'review-1' }, LATER_FIELD))).toBe(view);
    const slot = 'review' as Slot;
    expect(applyEvent(view, event({ study: ID, episode: 0, slot }, LATER_FIELD))).toBe(view);
  });

  it.each(['create', 'prepare', 'cancel', 'finish', 'unit-synthesis', 'policy-1'])(
    'are refused where slot %s has no content that this version knows',
    (slot) => {
      const lost = event({ study: ID, slot }, LATER_FIELD);
      expect(() => applyEvent(emptyView(ID), lost)).toThrow(`${ID}/${slot}: holds nothing`);
    },
  );

  it('name an arm that is not known as such, not as one of the known', () => {
    const arms = [1, 2, 3, LATER_ARM] as QnnArm[];
    const losses = { dtype: Dtype.FLOAT32, shape: [1], data: Buffer.alloc(4) };
    const runs = arms.map((arm) => QnnRun.fromPartial({ arm, losses }));
    expect(decodeUtility({ fold: 0, runs, engine: 'wasm' }).runs.map(({ arm }) => arm)).toEqual([
      'real-only',
      'augmented',
      'synthetic-only',
      'unknown',
    ]);
  });
});
